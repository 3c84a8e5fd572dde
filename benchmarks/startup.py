"""How fast the command line answers, and what a run costs beside its detector. Prints a table.

python benchmarks/startup.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 5
PLUGINS = 20

PLUGIN = """\
from adbench.api import DetectorSpec, hookimpl

@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="detector_{number}", target="nowhere:Nothing", summary="one of many")]
"""


def add_plugins(site: Path, number: int) -> None:
    """Write distributions with one plugin each, the way installed ones are found."""
    for i in range(number):
        (site / f"benchmark_plugin_{i}.py").write_text(PLUGIN.format(number=i))
        info = site / f"benchmark_plugin_{i}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: benchmark-plugin-{i}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[adbench]\nplugin = benchmark_plugin_{i}\n")


def add_toys(site: Path) -> None:
    """Put the toy data set and detectors on the path."""
    info = site / "adbench_toys-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: adbench-toys\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[adbench]\ntoys = adbench.testing.toy_plugin\n")


def seconds(command: list[str], site: Path) -> float:
    """Return the median wall-clock time of a command."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run(command, env=environment, check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    adbench = [sys.executable, "-c", "from adbench.cli import main; main()"]
    with tempfile.TemporaryDirectory() as folder:
        bare, many = Path(folder, "bare"), Path(folder, "many")
        bare.mkdir()
        many.mkdir()
        add_plugins(many, PLUGINS)
        add_toys(bare)
        print(f"median of {REPEATS}, in seconds")
        empty = seconds([sys.executable, "-c", "pass"], bare)
        print(f"{'python -c pass':<44}{empty:8.3f}")
        print(f"{'adbench --help':<44}{seconds([*adbench, '--help'], bare):8.3f}")
        print(f"{f'adbench --help, {PLUGINS} more plugins':<44}{seconds([*adbench, '--help'], many):8.3f}")
        listing = seconds([*adbench, "list", "detectors"], many)
        print(f"{f'adbench list detectors, {PLUGINS} more plugins':<44}{listing:8.3f}")
        results = [
            "--dataset",
            "toys",
            "-q",
            "--jobs",
            "1",
            "--rerun",
            "all",
            "--results",
            str(Path(folder, "results")),
        ]
        run = [*adbench, "run", "-d", "toy_met", "-c", "a", *results]
        one = seconds(run, bare)
        ten = seconds([*run, "--seeds", "0:10"], bare)
        print(f"{'one toy run, start to end':<44}{one:8.3f}")
        print(f"{'each further run in its own process':<44}{(ten - one) / 9:8.3f}")


if __name__ == "__main__":
    main()
