"""One run under supervision: its time, its memory, its end.

Every run is a process group of its own, wherever it was launched from. Whatever happens to it, the supervisor ends
with a stored result, and nothing of the group is left behind.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess

from adbench.api.errors import DataError
from adbench.executors.base import Listener
from adbench.runs.execute import execute, store_without_scores
from adbench.runs.files import UnwritableError
from adbench.runs.processes import end_group, group_memory
from adbench.runs.record import Status
from adbench.runs.store import ClaimedError, ResultsFolder, StoredRun
from adbench.runs.task import Task

__all__ = ["Supervised", "end_all", "start", "watch"]

_WATCH = 0.1  # seconds between two looks at memory and time
_BETWEEN_REPORTS = 0.1  # seconds; a detector may report every batch, the launching process need not hear of each
_GRACE = 5.0  # seconds between asking a run to end and ending it
_CLAIMED = 75  # exit code of a run that another process is doing (EX_TEMPFAIL)
_UNWRITABLE = 74  # exit code of a run that could not be stored (EX_IOERR)


@dataclass(slots=True)
class Supervised:
    """A run in flight.

    Attributes:
        task: the run.
        process: its process.
        reports: where its progress comes from.
        began: `time.monotonic()` of its start.
        peak: most memory in bytes that its group was seen to hold.
        verdict: why it has to end, once that is known.
        insist_at: when asking it to end turns into ending it.
    """

    task: Task
    process: BaseProcess
    reports: Connection
    began: float = field(default_factory=time.monotonic)
    peak: int = 0
    verdict: tuple[Status, str] | None = None
    insist_at: float = float("inf")

    @property
    def group(self) -> int:
        """The process group."""
        return self.process.pid or 0

    @property
    def elsewhere(self) -> bool:
        """Whether it gave way because another process is doing the same run."""
        return self.process.exitcode == _CLAIMED

    def check(self, memory: int) -> None:
        """Take note of the memory held; end the run when it breaks a limit."""
        self.peak = max(self.peak, memory)
        if time.monotonic() > self.insist_at:
            end_group(self.group, signal.SIGKILL)
        elif self.verdict is None and (broken := self._broken_limit(memory)) is not None:
            self.verdict = broken
            self.ask_to_end()

    def _broken_limit(self, memory: int) -> tuple[Status, str] | None:
        limits = self.task.settings.limits
        if limits.memory is not None and memory > limits.memory:
            return "out_of_memory", f"held {_size(memory)} with a limit of {_size(limits.memory)}"
        if limits.seconds is not None and time.monotonic() - self.began > limits.seconds:
            return "timeout", f"not done after {limits.seconds:g} s"
        return None

    def ask_to_end(self) -> None:
        """Send SIGTERM; `check` or `end_all` sends SIGKILL when that has no effect."""
        end_group(self.group, signal.SIGTERM)
        self.insist_at = time.monotonic() + _GRACE

    def drain(self, listener: Listener) -> None:
        """Pass on what was reported and not yet heard."""
        while not self.reports.closed and self.reports.poll():
            self.pass_on(listener)
        self.reports.close()

    def pass_on(self, listener: Listener) -> None:
        """Pass on one report."""
        try:
            phase, step, total, figures = self.reports.recv()
        except (EOFError, OSError):
            self.reports.close()
            return
        listener.progressed(self.task, phase, step, total, figures)

    def result(self) -> StoredRun:
        """Return what the ended run stored; when it died before it could, store that.

        Raises:
            UnwritableError: the results folder is full or cannot be written; nothing could be stored.
        """
        end_group(self.group, signal.SIGKILL)  # processes that the run started and left behind
        if self.process.exitcode == _UNWRITABLE:
            raise UnwritableError(self.task.results, "the disk is full, or writing is not allowed")
        store = ResultsFolder(self.task.results)
        for find in (store.find, store.find_failed_rerun):
            with contextlib.suppress(DataError):  # a damaged record of an earlier attempt, which gives way
                stored = find(self.task.identity)
                if stored is not None and stored.record.environment.get("process") == self.process.pid:
                    return stored
        status, reason = self.verdict or _ending(self.process.exitcode)
        seconds = time.monotonic() - self.began
        return store_without_scores(self.task, status, reason, seconds, self.peak / 2**20)


def start(context: ForkServerContext | SpawnContext, task: Task) -> Supervised:
    """Start a run in a process of its own."""
    receiver, sender = context.Pipe(duplex=False)
    name = f"adbench {task.entry} {task.identity.channel}"
    ours = {key: value for key, value in os.environ.items() if key.startswith("ADBENCH_")}
    process = context.Process(target=_child, args=(task, sender, ours), name=name)
    process.start()
    sender.close()
    return Supervised(task, process, receiver)


def watch(running: Sequence[Supervised], listener: Listener) -> None:
    """Wait until something happens, for a tenth of a second at most; pass on reports; check limits."""
    by_source = {one.reports: one for one in running if not one.reports.closed}
    for ready in wait([*by_source, *(one.process.sentinel for one in running)], timeout=_WATCH):
        if isinstance(ready, Connection):
            by_source[ready].pass_on(listener)
    held = group_memory(one.group for one in running)
    for one in running:
        one.check(held[one.group])


def end_all(running: Sequence[Supervised]) -> None:
    """End all runs in flight: ask, wait, then insist; remove what they had begun to write."""
    for one in running:
        one.ask_to_end()
    until = time.monotonic() + _GRACE
    for one in running:
        one.process.join(max(0.0, until - time.monotonic()))
        end_group(one.group, signal.SIGKILL)
        one.process.join()
    for root in {one.task.results for one in running}:
        ResultsFolder(root).sweep()


def _child(task: Task, reports: Connection, environment: dict[str, str]) -> None:
    os.environ.update(environment)  # as it is now; a fork server has what it was when the server started
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the launching process, which ends its runs
    _die_with_launcher()
    try:
        execute(task, _Reporter(reports))
    except ClaimedError:
        os._exit(_CLAIMED)
    except UnwritableError:
        os._exit(_UNWRITABLE)


class _Reporter:
    """Sends progress to the launching process, thinned out; losing the listener does not stop the run."""

    def __init__(self, reports: Connection) -> None:
        self._reports, self._phase, self._last = reports, "", 0.0

    def __call__(self, phase: str, step: int, total: int, **figures: float) -> None:
        now = time.monotonic()
        if phase == self._phase and step < total and now - self._last < _BETWEEN_REPORTS:
            return
        self._phase, self._last = phase, now
        with contextlib.suppress(OSError):
            self._reports.send((phase, step, total, {name: float(value) for name, value in figures.items()}))


def _die_with_launcher() -> None:
    """End this process group as soon as the launching process is gone, even by kill -9."""
    launcher = multiprocessing.parent_process()
    if launcher is None:
        return

    def wait_for_its_end() -> None:
        wait([launcher.sentinel])
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait_for_its_end, daemon=True, name="launcher watch").start()


def _ending(code: int | None) -> tuple[Status, str]:
    """Return status and reason of a process that ended by itself without a result."""
    if code is None or code >= 0:
        return "failed", f"its process ended with exit code {code}"
    name = signal.Signals(-code).name
    if -code in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP):
        hint = "; the kernel does this when memory runs out" if -code == signal.SIGKILL else ""
        return "killed", f"ended by {name}{hint}"
    return "failed", f"crashed with {name}"


def _size(size: int) -> str:
    return f"{size / 2**30:.2f} GB" if size >= 2**30 else f"{size / 2**20:.0f} MB"
