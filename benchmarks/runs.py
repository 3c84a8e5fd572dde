"""What the harness adds to a run: ``python benchmarks/runs.py``. From start to stored result, with trivial detectors.

The data set and the detectors are those of the tests, so that next to nothing of the time is theirs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from adbench.api import Detector, DetectorSpec, Events, hookimpl
from adbench.executors.base import Quiet
from adbench.executors.local import LocalExecutor
from adbench.plugins import plugins
from adbench.runs.launch import launch
from adbench.runs.plan import make_plan, open_dataset
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice, Study
from adbench.runs.task import Task

DETECTORS, ONE_BY_ONE, TOGETHER = ("toy_density", "bench_linear"), 20, 200


class Linear(Detector):
    """Missing energy times one weight of torch."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Make a layer of one weight."""
        import torch

        torch.manual_seed(self.context.seed)
        self.layer = torch.nn.Linear(1, 1)

    def score(self, events: Events) -> np.ndarray[Any, Any]:
        """Return the layer's output."""
        import torch

        with torch.no_grad():
            return self.layer(torch.from_numpy(np.array(events.feature("met")))[:, None])[:, 0].numpy()


@hookimpl
def adbench_detectors() -> list[DetectorSpec]:
    """Return the detector above."""
    return [DetectorSpec(name="bench_linear", target="runs:Linear", preload=("torch",))]


class Clock(Quiet):
    """Notes when runs start and finish."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}
        self.seconds: list[float] = []

    def started(self, task: Task) -> None:
        """Note the start, which is when the process has been asked for."""
        self.began[task.identity.key] = time.perf_counter()

    def finished(self, task: Task, run: Any) -> None:
        """Note the time from start to stored result."""
        if run.record.status != "ok":
            raise SystemExit(f"{run.record.entry}: {run.record.reason}")
        self.seconds.append(time.perf_counter() - self.began[task.identity.key])


def main() -> None:
    """Print the table."""
    print(f"{'':<14}{'first run':>12}{'then, each':>12}{f'{TOGETHER} runs, 2 at a time':>26}", flush=True)
    for name in DETECTORS:  # each from a process of its own, as the command line does it
        subprocess.run([sys.executable, __file__, name], check=True)


def measure(name: str) -> None:
    """Print the line of one detector."""
    with tempfile.TemporaryDirectory() as folder:
        _install(Path(folder) / "site")
        alone, _ = _study(name, Path(folder) / "alone", ONE_BY_ONE, jobs=1)
        _, whole = _study(name, Path(folder) / "together", TOGETHER, jobs=2)
        print(f"{name:<14}{alone[0]:>10.2f} s{statistics.median(alone[1:]):>10.2f} s{whole:>24.1f} s")


def _study(name: str, results: Path, runs: int, jobs: int) -> tuple[list[float], float]:
    """Return seconds of each run from start to stored result, and of the whole study."""
    from adbench.registry import catalogue

    study = Study((DetectorChoice(name),), dataset="toys", channels=("b",), seeds=tuple(range(runs)))
    store, clock = ResultsFolder(results), Clock()
    start = time.perf_counter()
    plan = make_plan(study, catalogue(), open_dataset(study, catalogue()), store)
    launch(study, plan, store, LocalExecutor(jobs), clock, plugins())
    return clock.seconds, time.perf_counter() - start


def _install(site: Path) -> None:
    """Make the toys and the detector above known as plugins."""
    for name, module in (("adbench-toys", "adbench.testing.toy_plugin"), ("adbench-bench", "runs")):
        info = site / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[adbench]\n{name} = {module}\n")
    sys.path[:0] = [str(site), str(Path(__file__).parent)]


if __name__ == "__main__":
    measure(sys.argv[1]) if sys.argv[1:] else main()
