"""The contract of an executor: tasks in, stored runs out, in the order in which they finish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from adbench.runs.store import StoredRun
from adbench.runs.task import Task

__all__ = ["Executor", "ExecutorOptions", "Listener", "Quiet"]


class Listener(Protocol):
    """Who is told how the runs are doing. Calls come from one thread."""

    def started(self, task: Task) -> None:
        """Take note that a run was launched; this comes before all else of it."""

    def progressed(self, task: Task, phase: str, step: int, total: int, figures: dict[str, float]) -> None:
        """Take note of how far a run is within a phase."""

    def finished(self, task: Task, run: StoredRun) -> None:
        """Take note that a run was stored."""


class Quiet:
    """A listener that does nothing."""

    def started(self, task: Task) -> None:
        """Do nothing."""

    def progressed(self, task: Task, phase: str, step: int, total: int, figures: dict[str, float]) -> None:
        """Do nothing."""

    def finished(self, task: Task, run: StoredRun) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class ExecutorOptions:
    """Where and how many: what the target of an `ExecutorSpec` is called with, to return an `Executor`.

    Attributes:
        jobs: number of runs at a time.
        scheduler: address of a scheduler that is already there, such as ``tcp://host:8786``; None = none.
        cluster: kind of cluster to ask for workers: ``local``, ``htcondor``, ``slurm``; None = none.
        walltime: seconds that a job of a cluster, which does one run after another, may take.
    """

    jobs: int = 1
    scheduler: str | None = None
    cluster: str | None = None
    walltime: float = 86400.0


class Executor(Protocol):
    """Launches tasks, each in a process of its own. A run that dies is stored as such; the others go on."""

    def run(self, tasks: Sequence[Task], listener: Listener) -> Iterator[StoredRun]:
        """Yield each run when it has been stored."""
