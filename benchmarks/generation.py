"""Speed of the generators: accepted events (or jets) per second of one core, for each recipe.

Needs the extra `generate`. Run as ``python benchmarks/generation.py [generated events per recipe]``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from adbench_jets.generator.recipes import RECIPES as JETS
from adbench_lhco.generator.recipes import RECIPES as DIJETS

from adbench.generation.production import EVENT, Task, make_chunk


def main(events: int = 400) -> None:
    print(
        f"{'recipe':28}{'generated/s':>12}{'accepted/s':>12}{'share':>8}{'pb':>11}   ({events} generated events each)"
    )
    for name, recipes in (("jets", JETS), ("lhco", DIJETS)):
        for recipe in recipes:
            with tempfile.TemporaryDirectory() as work:
                task = Task(replace(recipe, chunk_events=events), 0, 1, Path(work))
                start = time.process_time()
                make_chunk(task)
                seconds = time.process_time() - start
                with np.load(task.path) as found:
                    accepted, sigma = len(found[EVENT]), float(found["sigma"])
            title = f"{name} {recipe.key}"
            print(f"{title:28}{events / seconds:12.0f}{accepted / seconds:12.1f}{accepted / events:8.2f}{sigma:11.3g}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
