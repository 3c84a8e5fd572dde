"""Runs as processes on this machine, forked from a clean server.

The fork server imports third-party libraries once (importing torch costs more than a second) and nothing of
ours or of a plugin, so a run starts in milliseconds and still from a clean state. When the launching process
dies, however it dies, so do its runs.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import time
from collections.abc import Iterator, Sequence

from adbench.executors.base import Listener
from adbench.executors.devices import gpus
from adbench.executors.supervise import Supervised, end_all, start, watch
from adbench.executors.threads import threads_per_process
from adbench.registry import catalogue
from adbench.runs.store import ClaimedError, ResultsFolder, StoredRun
from adbench.runs.task import Task

__all__ = ["LocalExecutor"]

_LOOK_AGAIN = 1.0  # seconds between two looks at a run that another process is doing


class LocalExecutor:
    """Launches up to `jobs` runs at a time on this machine; each GPU serves one run at a time.

    Args:
        jobs: number of runs at a time.
    """

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs

    def run(self, tasks: Sequence[Task], listener: Listener) -> Iterator[StoredRun]:
        """Yield each run when it has been stored. When the iterator is closed, runs in flight are ended."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_third_party_modules(tasks))
        queue = _Queue(tasks)
        running: list[Supervised] = []
        try:
            with threads_per_process(max((task.settings.threads for task in tasks), default=1)):
                while queue or running:
                    while len(running) < self.jobs and (task := queue.next(running)) is not None:
                        running.append(start(context, task))
                        listener.started(task)
                    if not running:
                        time.sleep(_LOOK_AGAIN)
                        continue
                    watch(running, listener)
                    for ended in [one for one in running if not one.process.is_alive()]:
                        ended.drain(listener)
                        running.remove(ended)
                        stored = None if ended.elsewhere else _result(ended)
                        if stored is None:  # another process is doing this run
                            stored = queue.put_off(ended.task)
                        if stored is not None:
                            listener.finished(ended.task, stored)
                            yield stored
        finally:
            end_all(running)


def _result(ended: Supervised) -> StoredRun | None:
    try:
        return ended.result()
    except ClaimedError:  # the run died, and another process has taken it over already
        return None


class _Queue:
    """Tasks that wait: for a slot, for a GPU, or for another process that is doing the same run."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._waiting = list(tasks)
        self._not_before: dict[str, float] = {}
        self._gpus = gpus()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def next(self, running: Sequence[Supervised]) -> Task | None:
        """Take out and return the first task that can start now; None when all have to wait."""
        for position, task in enumerate(self._waiting):
            if self._not_before.get(task.identity.key, 0.0) > time.monotonic():
                continue
            placed = self._placed(task, running)
            if placed is not None:
                del self._waiting[position]
                return placed
        return None

    def put_off(self, task: Task) -> StoredRun | None:
        """Return the result of a run that another process was doing; while there is none, ask again later."""
        stored = ResultsFolder(task.results).find_later(task.identity, task.replaces)
        if stored is None:
            self._not_before[task.identity.key] = time.monotonic() + _LOOK_AGAIN
            self._waiting.append(task)
            return None
        return stored

    def _placed(self, task: Task, running: Sequence[Supervised]) -> Task | None:
        """Return the task with devices of its own; None when it has to wait for a GPU."""
        spec = catalogue().detectors.get(task.identity.detector)
        if task.settings.device != "auto" or not spec.gpu or len(self._gpus) < task.settings.devices:
            return task  # where there are too few GPUs for it, the run itself says so
        taken = {device for one in running for device in self._devices(one.task)}
        for first in self._gpus:
            placed = dataclasses.replace(task, settings=dataclasses.replace(task.settings, device=first))
            wanted = self._devices(placed)
            if len(wanted) == task.settings.devices and not taken & set(wanted):
                return placed
        return None

    def _devices(self, task: Task) -> list[str]:
        """Return the GPUs of a placed task: as many as its fit uses, from its device on."""
        settings = task.settings
        if settings.device not in self._gpus:
            return []
        first = self._gpus.index(settings.device)
        return self._gpus[first : first + settings.devices]


def _third_party_modules(tasks: Sequence[Task]) -> list[str]:
    """Return what the fork server imports: third-party libraries only, so that every run imports our code anew."""
    specs = catalogue().detectors
    wanted = {module for task in tasks for module in specs.get(task.identity.detector).preload}
    return ["numpy", *sorted(wanted - {"numpy"})]
