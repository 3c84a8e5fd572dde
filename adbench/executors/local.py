"""Runs as processes on this machine, forked from a clean server.

The fork server imports third-party libraries once (importing torch costs more than a second) and nothing of
ours or of a plugin, so a run starts in milliseconds and still from a clean state. Each run is a process group
of its own: when it ends, nothing of it is left. When the launching process dies, however it dies, so do its runs.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from adbench.executors.base import Listener
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder, StoredRun
from adbench.runs.task import Task, execute, store_without_scores

__all__ = ["LocalExecutor"]

_THREAD_SETTINGS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
_BETWEEN_REPORTS = 0.1  # seconds; a detector may report every batch, the launching process need not hear of each
_GRACE = 5.0  # seconds between asking a run to end and ending it


@dataclass(slots=True)
class _Running:
    task: Task
    process: ForkServerProcess
    reports: Connection


class LocalExecutor:
    """Launches up to `jobs` runs at a time on this machine.

    Args:
        jobs: number of runs at a time.
    """

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs

    def run(self, tasks: Sequence[Task], listener: Listener) -> Iterator[StoredRun]:
        """Yield each run when it has been stored. When the iterator is closed, runs in flight are ended."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_third_party_modules(tasks))
        waiting = list(reversed(tasks))
        running: list[_Running] = []
        try:
            with _threads_per_process(max((task.threads for task in tasks), default=1)):
                while waiting or running:
                    while waiting and len(running) < self.jobs:
                        running.append(_launch(context, waiting.pop()))
                        listener.started(running[-1].task)
                    _listen(running, listener)
                    for ended in [one for one in running if not one.process.is_alive()]:
                        running.remove(ended)
                        _drain(ended, listener)
                        stored = _result_of(ended)
                        listener.finished(ended.task, stored)
                        yield stored
        finally:
            _end(running)


def _launch(context: multiprocessing.context.ForkServerContext, task: Task) -> _Running:
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(task, sender), name=f"adbench {task.entry} {task.identity.channel}")
    process.start()
    sender.close()
    return _Running(task, process, receiver)


def _child(task: Task, reports: Connection) -> None:
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the launching process, which ends its runs
    _die_with_launcher()
    execute(task, _Reporter(reports))


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

    def watch() -> None:
        wait([launcher.sentinel])
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="launcher watch").start()


def _listen(running: Sequence[_Running], listener: Listener) -> None:
    """Wait until something happens; pass on what the runs report."""
    by_source = {one.reports: one for one in running if not one.reports.closed}
    sentinels = [one.process.sentinel for one in running]
    for ready in wait([*by_source, *sentinels], timeout=0.5):
        if isinstance(ready, Connection):
            _pass_on(by_source[ready], listener)


def _drain(ended: _Running, listener: Listener) -> None:
    while not ended.reports.closed and ended.reports.poll():
        _pass_on(ended, listener)
    ended.reports.close()


def _pass_on(run: _Running, listener: Listener) -> None:
    try:
        phase, step, total, figures = run.reports.recv()
    except (EOFError, OSError):
        run.reports.close()
        return
    listener.progressed(run.task, phase, step, total, figures)


def _result_of(ended: _Running) -> StoredRun:
    """Return what the run stored; when it died before it could, store that, with its log's end."""
    task, store = ended.task, ResultsFolder(ended.task.results)
    code = ended.process.exitcode
    stored = store.find(task.identity) if code == 0 else None
    if stored is not None:
        return stored
    log = _log_of(store.folder(task.identity).parent, task, ended.process.pid or 0)
    store.sweep()
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        hint = "; the kernel does this when memory runs out" if -code == signal.SIGKILL else ""
        return store_without_scores(task, "killed", f"ended by {name}{hint}", log)
    return store_without_scores(task, "failed", f"its process ended with exit code {code}", log)


def _log_of(folder: Path, task: Task, process: int) -> str:
    for work in folder.glob(f".work-{task.identity.key}-*-{process}"):
        with contextlib.suppress(OSError):
            return (work / "log.txt").read_text(encoding="utf-8", errors="replace")
    return ""


def _end(running: Sequence[_Running]) -> None:
    """End all runs in flight: ask, wait, then insist; remove what they had begun to write."""
    for number, patience in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, _GRACE)):
        for one in running:
            if one.process.pid is not None and one.process.is_alive():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(one.process.pid, number)
        until = time.monotonic() + patience
        for one in running:
            one.process.join(max(0.0, until - time.monotonic()))
    for one in running:
        ResultsFolder(one.task.results).sweep()


def _third_party_modules(tasks: Sequence[Task]) -> list[str]:
    """Return what the fork server imports: third-party libraries only, so that every run imports our code anew."""
    specs = catalogue().detectors
    wanted = {module for task in tasks for module in specs.get(task.identity.detector).preload}
    return ["numpy", *sorted(wanted - {"numpy"})]


@contextlib.contextmanager
def _threads_per_process(threads: int) -> Iterator[None]:
    """Set the thread variables that libraries read when they are first imported, which the fork server does."""
    saved = {name: os.environ.get(name) for name in _THREAD_SETTINGS}
    os.environ.update(dict.fromkeys(_THREAD_SETTINGS, str(threads)))
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
