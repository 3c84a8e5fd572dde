"""How far a production is: over all its rounds, from what each slice still needs and how fast it was so far."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from adbench.generation.workers import Chunked
from adbench.leaderboard.wording import duration

__all__ = ["Progress"]

log = logging.getLogger(__name__)


class Progress:
    """Counts chunks and tells how many are left in the whole production.

    How many chunks a slice needs is known from its efficiency, so from the second round on; it is estimated anew in
    each round.

    Args:
        jobs: processes that work side by side.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._done: Counter[str] = Counter()  # chunks by slice, also those of an earlier time
        self._size: dict[str, int] = {}  # events of a chunk
        self._events: Counter[str] = Counter()  # events by slice that were made now, and the seconds that took
        self._seconds: dict[str, float] = {}
        self._goal: dict[str, int] = {}
        self._first = True
        self._told = False

    def round(self, number: int, tasks: Sequence[Chunked], goal: Mapping[str, int]) -> None:
        """Begin a round; say once where a production of an earlier time goes on.

        Args:
            number: of the round, from 1.
            tasks: its chunks, finished or not.
            goal: chunks by slice that the whole production needs, as far as is known: in the first round only its own.
        """
        self._goal, self._first = dict(goal), number == 1
        self._size |= {task.slice_key: task.events for task in tasks}
        finished = [task for task in tasks if task.path.exists()]
        self._done.update(task.slice_key for task in finished)
        if len(finished) == len(tasks) or self._told:
            return
        self._told = True
        if self._done:
            n, m = self._done.total(), sum(self._goal.values())
            log.info("continues: %d of %d chunks%s are there", n, m, self._of_what())

    def finished(self, task: Chunked, seconds: float) -> None:
        """Count a chunk that was made now, and tell its speed and how much is left."""
        self._done[task.slice_key] += 1
        self._events[task.slice_key] += task.events
        self._seconds[task.slice_key] = self._seconds.get(task.slice_key, 0.0) + seconds
        log.info(
            "%d of %d chunks%s  %s/%d: %.0f events/s; %s left",
            self._done.total(),
            sum(self._goal.values()),
            self._of_what(),
            task.slice_key,
            task.index,
            task.events / seconds,
            duration(self.left()),
        )

    def _of_what(self) -> str:
        return " of the first round" if self._first else ""

    def left(self) -> float:
        """Return the seconds until the whole production is done: each slice at its own speed, or at the mean one."""
        mean = sum(self._seconds.values()) / max(1, self._events.total())
        seconds = 0.0
        for slice_key, goal in self._goal.items():
            events = max(0, goal - self._done[slice_key]) * self._size.get(slice_key, 0)
            made = self._events[slice_key]
            seconds += events * (self._seconds[slice_key] / made if made else mean)
        return seconds / self._jobs
