"""Progress of downloads: a bar with speed and time left on a terminal, a line every half minute elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import TransferSpeedColumn as SpeedColumn

from adbench.data.disk import readable
from adbench.data.download import Silent

__all__ = ["Bars", "Lines", "transfer_watcher"]

_EVERY = 30.0  # seconds between lines of a log


class Lines(Silent):
    """A line on each wait, and one every half minute with bytes/s and time left."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._begun: dict[str, tuple[float, int]] = {}
        self._last: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None

    def bytes(self, name: str, done: int, total: int | None) -> None:
        """Note the bytes."""
        now = time.monotonic()
        since, at = self._begun.setdefault(name, (now, done))
        if now - self._last.setdefault(name, since) < _EVERY and done != total:
            return
        self._last[name] = now
        speed = (done - at) / (now - since) if now > since else 0.0
        of = "" if total is None else f" of {readable(total)}"
        left = "" if total is None or not speed else f", {(total - done) / speed:,.0f} s left"
        self.console.print(f"{name}: {readable(done)}{of}, {readable(speed)}/s{left}", markup=False, soft_wrap=True)

    def waits(self, name: str, why: str, seconds: float) -> None:
        """Note the wait."""
        self.console.print(f"{name}: {why}; again in {seconds:.1f} s", markup=False, soft_wrap=True)


class Bars(Lines):
    """A bar per file."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(20),
            DownloadColumn(),
            SpeedColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )
        self._bars: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def bytes(self, name: str, done: int, total: int | None) -> None:
        """Move a bar."""
        if name not in self._bars:
            self._bars[name] = self._progress.add_task(name, total=total, completed=done)
        self._progress.update(self._bars[name], completed=done, total=total)


def transfer_watcher(console: Console) -> Lines:
    """Return bars on a terminal, lines elsewhere."""
    return Bars(console) if console.is_terminal else Lines(console)
