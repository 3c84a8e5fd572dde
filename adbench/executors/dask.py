"""Runs on the workers of a Dask cluster, each in a fresh process beside its worker.

Dask moves only names: scores go to the results folder, which all machines share. A run that dies takes no worker
with it, and a worker that dies loses at most the run in flight, which another worker does unless it was stored.
"""

from __future__ import annotations

import contextlib
import queue
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from adbench.api.errors import MissingError
from adbench.executors.base import ExecutorOptions, Listener
from adbench.executors.clusters import connected
from adbench.executors.daskworker import Ending, do_task, end_runs
from adbench.executors.once import LOOK_AGAIN, done_elsewhere, stored_mark, stored_since
from adbench.runs.execute import store_without_scores
from adbench.runs.heartbeat import read_pulse
from adbench.runs.store import ClaimedError, ResultsFolder, StoredRun
from adbench.runs.task import Task

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["DaskExecutor"]

_TO_APPEAR = 60.0  # seconds that a shared file system may take to show what another machine wrote
_LISTEN = 0.2  # seconds between two looks at what may end without Dask telling


class DaskExecutor:
    """Launches runs on a Dask cluster, as many at a time as it has worker threads.

    Args:
        options: the scheduler to connect to, or the kind of cluster to ask for.
    """

    def __init__(self, options: ExecutorOptions) -> None:
        self.options = options

    def run(self, tasks: Sequence[Task], listener: Listener) -> Iterator[StoredRun]:
        """Yield each run when it has been stored. When the iterator is closed, runs in flight are ended."""
        if not tasks:
            return
        try:
            with connected(self.options, tasks) as client:
                flight = _Flight(client, tasks, listener)
                try:
                    yield from flight.results()
                finally:
                    flight.end()
        finally:
            for root in {task.results for task in tasks}:
                ResultsFolder(root).sweep()


class _Flight:
    """The runs of one launch, from their submission until each has a stored result."""

    def __init__(self, client: Client, tasks: Sequence[Task], listener: Listener) -> None:
        self._client, self._listener = client, listener
        self._tasks = {task.identity.key: task for task in tasks}
        self._marks = {key: stored_mark(task) for key, task in self._tasks.items()}
        self._futures: dict[str, tuple[str, Future]] = {}  # Dask's name of a submission -> run key, future
        self._ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._awaited: dict[str, tuple[Ending, float]] = {}  # run key -> how it left its worker, and when
        self._started: set[str] = set()

    def results(self) -> Iterator[StoredRun]:
        """Submit all runs and yield their results as they appear in the results folder."""
        for key in self._tasks:
            self._submit(key)
        looked = 0.0
        while self._tasks:
            with contextlib.suppress(queue.Empty):
                self._take(self._ended.get(timeout=_LISTEN))
            if time.monotonic() - looked > LOOK_AGAIN:
                self._tell_progress()
                looked = time.monotonic()
            for key in list(self._awaited):
                stored = self._result(key)
                if stored is not None:
                    yield self._finished(key, stored)

    def end(self) -> None:
        """Cancel what waits and end what runs."""
        names = list(self._futures)
        for _, future in self._futures.values():
            future.cancel()
        if names and self._client.status == "running":
            self._client.run(end_runs, names, on_error="ignore")

    def _submit(self, key: str) -> None:
        task = self._tasks[key]
        # Never the run key alone: another launch with another results folder may use this scheduler too.
        name = f"{task.identity.detector}-{key}-{uuid.uuid4().hex}"
        future = self._client.submit(do_task, name, task, self._marks[key], key=name, pure=False, retries=0)
        self._futures[name] = key, future
        future.add_done_callback(self._ended.put)

    def _take(self, future: Future) -> None:
        """Take note of how a run left its worker, and let Dask forget it."""
        key, _ = self._futures.pop(str(future.key))
        ending = _ending(future)
        future.release()
        if ending.how == "unusable":
            raise MissingError(ending.why)
        self._awaited[key] = ending, time.monotonic()

    def _result(self, key: str) -> StoredRun | None:
        """Return the result of a run that left its worker; None while it is awaited or done again."""
        task, (ending, since) = self._tasks[key], self._awaited[key]
        stored = stored_since(task, self._marks[key])
        if stored is not None or done_elsewhere(task):
            return stored
        if ending.how in ("failed", "killed"):
            with contextlib.suppress(ClaimedError):
                return store_without_scores(task, "failed" if ending.how == "failed" else "killed", ending.why)
        elif ending.how == "stored" and time.monotonic() - since > _TO_APPEAR:
            msg = f"a result stored on {ending.why} is not in {task.results}; --results must be on a shared file system"
            raise MissingError(msg)
        elif ending.how == "elsewhere" and time.monotonic() - since > LOOK_AGAIN:
            del self._awaited[key]
            self._submit(key)
        return None

    def _finished(self, key: str, stored: StoredRun) -> StoredRun:
        task = self._tasks.pop(key)
        del self._awaited[key]
        self._note_start(key, task)
        self._listener.finished(task, stored)
        return stored

    def _tell_progress(self) -> None:
        """Tell the listener what the signs of life in the results folder say of the runs that workers have."""
        at_work = {name for names in self._client.processing().values() for name in names}
        for key in [key for name, (key, _) in self._futures.items() if name in at_work]:
            task = self._tasks[key]
            work = ResultsFolder(task.results).work_folder(task.identity)
            if work.exists():
                pulse = read_pulse(work)
                self._note_start(key, task)
                self._listener.progressed(task, pulse.phase, pulse.step, pulse.total, pulse.figures)

    def _note_start(self, key: str, task: Task) -> None:
        if key not in self._started:
            self._started.add(key)
            self._listener.started(task)


def _ending(future: Future) -> Ending:
    """Return how a run ended as far as Dask knows."""
    from distributed import KilledWorker

    if future.status == "finished":
        ending: Ending = future.result()
        return ending
    if future.status != "error":
        return Ending("unusable", "the Dask scheduler went away; the same command continues")
    error = future.exception()
    if isinstance(error, KilledWorker):
        return Ending("killed", "the Dask workers that did it died, one after another")
    text = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return Ending("unusable", f"the Dask workers cannot do runs ({text}); they need the same adbench and plugins")
