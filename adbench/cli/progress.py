"""Progress of runs: bars on a terminal, one line per change elsewhere, nothing when asked to be quiet."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from adbench.runs.store import StoredRun
from adbench.runs.task import Task

__all__ = ["Bars", "Lines", "make_listener"]


class Lines:
    """One line when a run starts and one when it ends; for logs and batch jobs."""

    def __init__(self, console: Console, total: int, quiet: bool = False) -> None:
        self.done, self._total, self._console, self._quiet = 0, total, console, quiet
        self._since: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None

    def started(self, task: Task) -> None:
        """Note the start."""
        self._since[task.identity.key] = time.monotonic()
        self._say(f"start         {_titled(task)}")

    def progressed(self, task: Task, phase: str, step: int, total: int, figures: dict[str, float]) -> None:
        """Say nothing: a log is no place for a bar."""

    def finished(self, task: Task, run: StoredRun) -> None:
        """Note the end."""
        self.done += 1
        seconds = time.monotonic() - self._since[task.identity.key]
        self._say(f"{run.record.status:<13} {_titled(task)}  {seconds:.1f} s  ({self.done} of {self._total})")

    def _say(self, text: str) -> None:
        if not self._quiet:
            self._console.print(text, markup=False, soft_wrap=True)


class Bars(Lines):
    """An overall bar, and one per run in flight with its phase, epoch, loss and time left."""

    def __init__(self, console: Console, total: int) -> None:
        super().__init__(console, total)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(20),
            TextColumn("{task.fields[state]}", markup=False),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )
        self._overall = self._progress.add_task("all runs", total=total, state=f"0 of {total}")
        self._bars: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def started(self, task: Task) -> None:
        """Add a bar."""
        self._since[task.identity.key] = time.monotonic()
        self._bars[task.identity.key] = self._progress.add_task(_titled(task), total=None, state="starting")

    def progressed(self, task: Task, phase: str, step: int, total: int, figures: dict[str, float]) -> None:
        """Move a bar; a new phase begins at zero."""
        numbers = "  ".join(f"{name} {value:.4g}" for name, value in figures.items())
        state = f"{phase}  {step}/{total}  {numbers}" if total > 1 else f"{phase}  {numbers}"
        bar = self._bars[task.identity.key]
        self._progress.update(bar, completed=step, total=total if total > 1 else None, state=state.rstrip())

    def finished(self, task: Task, run: StoredRun) -> None:
        """Turn a bar into a line."""
        self._progress.remove_task(self._bars.pop(task.identity.key))
        super().finished(task, run)
        self._progress.update(self._overall, completed=self.done, state=f"{self.done} of {self._total}")


def make_listener(console: Console, total: int, quiet: bool) -> Lines:
    """Return bars on a terminal, lines elsewhere, silence when quiet."""
    return Bars(console, total) if console.is_terminal and not quiet and total else Lines(console, total, quiet)


def _titled(task: Task) -> str:
    return f"{task.entry}  channel {task.identity.channel}  seed {task.identity.seed}"
