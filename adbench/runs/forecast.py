"""How long runs will take, from stored timings of runs like them; the shortest are launched first."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from adbench.runs.key import RunIdentity
from adbench.runs.plan import PlannedRun
from adbench.runs.record import Record

__all__ = ["forecast", "shortest_first"]


def forecast(plan: Sequence[PlannedRun], records: Iterable[Record]) -> dict[str, float]:
    """Return the seconds that each run of a plan is expected to take, by run key.

    It is the median over stored runs with scores of the same configuration and channel; where there is none, of
    the same configuration on the data set, else of the same detector there, else of the detector anywhere. A
    detector without stored runs has no forecast.

    Args:
        plan: the runs.
        records: of stored runs.
    """
    seconds: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for record in records:
        if record.status == "ok" and "total" in record.timings:
            for likeness in _likenesses(record.identity):
                seconds[likeness].append(record.timings["total"])
    found = {}
    for run in plan:
        known = next((seconds[likeness] for likeness in _likenesses(run.identity) if likeness in seconds), None)
        if known is not None:
            found[run.identity.key] = statistics.median(known)
    return found


def shortest_first(plan: Sequence[PlannedRun], seconds: Mapping[str, float]) -> list[PlannedRun]:
    """Return the runs of a plan, those that take the least time first; unknown ones last, in their order."""
    return sorted(plan, key=lambda run: seconds.get(run.identity.key, math.inf))


def _likenesses(identity: RunIdentity) -> list[tuple[object, ...]]:
    """Return what a run has in common with others, from much to little."""
    data = (identity.dataset, identity.edition, identity.split, identity.max_events)
    return [
        (identity.configuration, *data, identity.channel),
        (identity.configuration, *data),
        (identity.detector, *data),
        (identity.detector,),
    ]
