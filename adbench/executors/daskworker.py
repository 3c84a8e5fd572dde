"""What happens on a Dask worker: a run in a fresh process beside it."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from adbench.api.errors import MissingError
from adbench.executors.once import done_elsewhere, run_once, stored_since
from adbench.runs.task import Task

if TYPE_CHECKING:
    from distributed import Worker

__all__ = ["Ending", "dask_setup", "do_task", "end_runs"]

_TO_END = 8.0  # seconds for runs to end when they are stopped


class Ending(NamedTuple):
    """How a run ended on a worker; all that travels back.

    Attributes:
        how: ``stored``; ``elsewhere``: another process is doing it, or it was stopped; ``failed`` or ``killed``: a
            result has to be stored for it; ``unusable``: no run can be done there.
        why: the reason, or the host.
    """

    how: Literal["stored", "elsewhere", "failed", "killed", "unusable"]
    why: str


_in_flight: dict[str, threading.Event] = {}


def dask_setup(worker: Worker) -> None:
    """Leave Ctrl-C to the launching process, which ends its runs; Dask calls this in a new worker on this machine."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def do_task(name: str, task: Task, mark: str) -> Ending:
    """Do a run beside this worker, unless that has been done. Nothing is raised: not every error can be pickled."""
    host = socket.gethostname()
    if not task.results.is_dir():
        return Ending("unusable", f"{task.results} is not there on {host}; --results must be on a shared file system")
    stop = _in_flight[name] = threading.Event()
    try:
        if stored_since(task, mark) is not None:
            return Ending("stored", host)
        if done_elsewhere(task) or run_once(task, stop) is None:
            return Ending("elsewhere", host)
        return Ending("stored", host)
    except MissingError as error:
        return Ending("unusable", f"{error} (on {host})")
    except Exception as error:  # noqa: BLE001  a plugin that this worker lacks, say: it is this run's end alone
        return Ending("failed", f"{type(error).__name__}: {' '.join(str(error).split())} (on {host})")
    finally:
        del _in_flight[name]


async def end_runs(names: Sequence[str]) -> None:
    """End runs of this worker and wait for their end."""
    for name in names:
        if name in _in_flight:
            _in_flight[name].set()
    until = time.monotonic() + _TO_END
    while time.monotonic() < until and not _in_flight.keys().isdisjoint(names):
        await asyncio.sleep(0.05)
