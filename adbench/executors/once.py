"""One run in a fresh process, supervised from here: what a Dask worker and a batch job do.

A job may be started twice: a cluster evicts it and starts it again, a worker dies after its run was stored. So a
job carries what was stored when it was asked for, and a run that was stored since is not done again.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading

from adbench.api.errors import DataError
from adbench.executors.base import Listener, Quiet
from adbench.executors.supervise import end_all, start, watch
from adbench.executors.threads import threads_per_process
from adbench.runs.heartbeat import read_pulse
from adbench.runs.store import ClaimedError, ResultsFolder, StoredRun
from adbench.runs.task import Task

__all__ = ["LOOK_AGAIN", "done_elsewhere", "finish", "run_once", "stored_mark", "stored_since"]

LOOK_AGAIN = 1.0
"""Seconds between two looks at a run that another process is doing."""

_SAME_SIGNAL = 0.5  # seconds; whoever ends a whole job signals the run and its supervisor at once
_starting = threading.Lock()


def stored_mark(task: Task) -> str:
    """Return what tells the stored result of a run from a later one of the same run; empty where there is none."""
    try:
        stored = ResultsFolder(task.results).find(task.identity)
    except DataError:
        return "damaged"
    if stored is None:
        return ""
    made = stored.record.environment
    return f"{stored.record.started} {made.get('host')} {made.get('process')}"


def stored_since(task: Task, mark: str) -> StoredRun | None:
    """Return the result of a run unless it is the one of an earlier `stored_mark`, or there is none."""
    if stored_mark(task) in ("", "damaged", mark):
        return None
    return ResultsFolder(task.results).find(task.identity)


def done_elsewhere(task: Task) -> bool:
    """Tell whether a living process, here or on another machine, is doing a run."""
    work = ResultsFolder(task.results).work_folder(task.identity)
    return work.exists() and read_pulse(work).alive


def run_once(task: Task, stop: threading.Event, listener: Listener | None = None) -> StoredRun | None:
    """Do a run in a fresh process and return what was stored, whatever became of it.

    Returns None when it was stopped, or when another process is doing it. A run that dies takes nothing with it.
    """
    # A Dask worker is a daemonic process, which may have no children; its parent keeps its own record of that.
    multiprocessing.current_process().daemon = False
    with _starting, threads_per_process(task.settings.threads):
        one = start(multiprocessing.get_context("spawn"), task)
    try:
        while one.process.is_alive() and not stop.is_set():
            watch([one], listener or Quiet())
        if one.process.exitcode == -signal.SIGTERM and one.verdict is None:
            stop.wait(_SAME_SIGNAL)
        if stop.is_set() or one.elsewhere:
            return None
        one.drain(listener or Quiet())
        return one.result()
    except ClaimedError:  # it died, and another process took it over before its end could be stored
        return None
    finally:
        if one.process.is_alive() or stop.is_set():
            end_all([one])


def finish(task: Task, mark: str, stop: threading.Event, listener: Listener | None = None) -> StoredRun | None:
    """Return the result of a run that is stored, done now, or awaited from another process; None when stopped."""
    while not stop.is_set():
        stored = stored_since(task, mark)
        if stored is None and not done_elsewhere(task):
            stored = run_once(task, stop, listener)
        if stored is not None:
            return stored
        stop.wait(LOOK_AGAIN)
    return None
