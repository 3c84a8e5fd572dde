from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adbench.executors.base import Quiet
from adbench.executors.local import LocalExecutor
from adbench.plugins import plugins
from adbench.registry import catalogue
from adbench.runs.launch import Outcome, launch
from adbench.runs.limits import Limits
from adbench.runs.plan import Rerun, make_plan, open_dataset
from adbench.runs.store import ResultsFolder, StoredRun
from adbench.runs.study import DetectorChoice, Study
from adbench.runs.task import Settings, Task


class Counting(Quiet):
    """Counts what was started and finished, by entry."""

    def __init__(self) -> None:
        self.started_runs: Counter[str] = Counter()
        self.finished_runs: Counter[str] = Counter()

    def started(self, task: Task) -> None:
        self.started_runs[task.entry] += 1

    def finished(self, task: Task, run: StoredRun) -> None:
        self.finished_runs[task.entry] += 1


def run_toys(
    results: Path,
    *choices: DetectorChoice,
    jobs: int = 2,
    rerun: Rerun = "missing",
    limits: Limits | None = None,
    listener: Quiet | None = None,
    **changes: Any,
) -> Outcome:
    """Run detectors on channel a of the toys with the local executor."""
    study = Study(**{"detectors": choices, "dataset": "toys", "channels": ("a",), **changes})
    store = ResultsFolder(results)
    plan = make_plan(study, catalogue(), open_dataset(study, catalogue()), store, rerun)
    settings = Settings(limits=limits or Limits())
    return launch(study, plan, store, LocalExecutor(jobs), listener or Quiet(), plugins(), settings)


@pytest.fixture
def go(toys: None) -> Callable[..., Outcome]:
    return run_toys


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def command(toys: None) -> Callable[..., list[str]]:
    """Return the command line of a study of the toys in a process of its own."""

    def make(results: Path, *arguments: str, detector: str = "toy_met", jobs: int = 2) -> list[str]:
        return [
            sys.executable, "-c", "from adbench.cli import main; main()", "run", "-d", detector, "--dataset", "toys",
            "--results", str(results), "--jobs", str(jobs), "--threads", "1", "--quiet", *arguments,
        ]  # fmt: skip

    return make


@pytest.fixture
def environment(toys: None) -> dict[str, str]:
    """Environment in which another process finds the same plugins."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
