"""Every torch detector on a GPU and on one core of the same machine: ``python benchmarks/gpu.py [NAME ...]``.

Preset default, channel 1 of the bundled Dark Machines sample; semi-supervised and supervised detectors learn from its
signals too. Training is the median epoch behind the first, at the preset's batch and at a large one: networks so small
keep a GPU busy with starting kernels, not with arithmetic, until batches are large. Scoring is of events as objects,
all conversions included. "Agreement" is the largest difference between scores of one fitted detector on GPU and CPU, in
standard deviations of the scores. What fails is printed and does not stop the rest.

    python benchmarks/gpu.py --json gpu.json
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from _detectors import Samples, first, fitted

from adbench.api import DetectorSpec, RunContext
from adbench.api.errors import AdbenchError
from adbench.registry import catalogue

TRAINING, SCORING, ON_ONE_CORE, LARGE_BATCH = 8_192, 10_000, 1_000, 4_096


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--device", default="cuda:0", help="cpu: the columns of the device are those of the core")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    chosen = parser.parse_args()
    if chosen.device.startswith("cuda") and not torch.cuda.is_available():
        print("no GPU here: nothing measured")
        return
    torch.set_num_threads(1)
    samples = Samples.of(TRAINING, SCORING)
    card = torch.cuda.get_device_name(chosen.device) if chosen.device.startswith("cuda") else "one core"
    print(f"{card}, torch {torch.__version__}; {TRAINING} events to learn from, {SCORING} to score; one core")
    print(f"{'events/s':<34} {'batch':>5} {'training':>9} {'of 4096':>9} {'scoring':>9} | "
          f"{'core: training':>14} {'scoring':>8} | {'ratios':>11} {'agreement':>9} {'MB':>6}")  # fmt: skip
    table: dict[str, dict[str, float]] = {}
    for spec in catalogue().detectors:
        if not any(need.startswith("torch") for need in spec.requires) or (
            chosen.names and spec.name not in chosen.names
        ):
            continue
        try:
            table[spec.name] = measured(spec, chosen.device, samples)
            print(line(spec.name, table[spec.name]), flush=True)
        except (AdbenchError, RuntimeError, TypeError, ValueError) as error:  # a hole in the table is better than none
            print(f"{spec.name:<34} {type(error).__name__}: {str(error)[:200]}", flush=True)
    if chosen.json:
        chosen.json.write_text(
            json.dumps({"device": card, "torch": torch.__version__, "detectors": table}, indent=1) + "\n"
        )


def measured(spec: DetectorSpec, device: str, samples: Samples) -> dict[str, float]:
    """Return rates in events per second on device and core, the largest difference of scores, and memory in MB."""
    clock, test, on_gpu = time.perf_counter, samples.test, device.startswith("cuda")
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    detector, epoch = fitted(spec, samples, clock, device)
    start = clock()
    scores = first(detector.score(test))
    figures = {"batch": float(getattr(detector.params, "batch_size", 0)), "train_events_per_s": TRAINING / epoch}
    figures["score_events_per_s"] = len(test) / (clock() - start)
    if on_gpu:
        figures["memory_mb"] = torch.cuda.max_memory_allocated() / 2**20
        if hasattr(detector.params, "batch_size"):
            _, epoch = fitted(spec, samples, clock, device, batch_size=LARGE_BATCH)
            figures["large_batch_train_events_per_s"] = TRAINING / epoch
    detector.context = RunContext()
    few = test[:ON_ONE_CORE]
    start = clock()
    again = first(detector.score(few))
    figures["core_score_events_per_s"] = len(few) / (clock() - start)
    figures["disagreement"] = float(np.abs(again - scores[: len(few)]).max() / scores.std())
    _, epoch = fitted(spec, replace(samples, train=samples.train[: TRAINING // 4]), clock)
    figures["core_train_events_per_s"] = TRAINING // 4 / epoch
    return figures


def line(name: str, figures: Mapping[str, float]) -> str:
    """Return a detector's line of the table."""
    training, scoring = (figures[key] / figures[f"core_{key}"] for key in ("train_events_per_s", "score_events_per_s"))
    return (
        f"{name:<34} {figures['batch']:>5.0f} {figures['train_events_per_s']:>9,.0f} "
        f"{figures.get('large_batch_train_events_per_s', math.nan):>9,.0f} {figures['score_events_per_s']:>9,.0f} | "
        f"{figures['core_train_events_per_s']:>14,.0f} {figures['core_score_events_per_s']:>8,.0f} | "
        f"{training:>5.1f} {scoring:>5.1f} {figures['disagreement']:>9.1e} {figures.get('memory_mb', 0):>6.0f}"
    )


if __name__ == "__main__":
    main()
