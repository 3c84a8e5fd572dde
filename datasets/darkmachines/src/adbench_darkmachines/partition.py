"""Events of the parts of a split: by line of the file, or by source where copies of one event share a source."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError
from adbench.api.events import Events
from adbench.data.gathering import gathered
from adbench_darkmachines.splits import divide

__all__ = ["fold_part", "split_part"]

BLOCK = 65_536  # events that are looked at together
VALIDATION_EVERY = 10  # of the units that a fold does not test, every tenth is for validation


def split_part(events: Events, n_lines: int, by_source: bool, split: str, channel: str, part: str) -> Events:
    """Return the events of one part (``train``, ``validation``, ``test``) of a named split.

    Args:
        events: all background events of the file, in its order.
        n_lines: lines of the file, those outside the selection included.
        by_source: divide sources instead of lines.
        split: name of the split; not k-folds.
        channel: the channel.
        part: which part.

    Raises:
        DataError: too few events for the split, or none of the part passes the selection.
    """
    total = _sources(events)[1] if by_source else n_lines
    wanted: range = getattr(divide(split, channel, total), part)

    def is_wanted(units: NDArray[np.int64]) -> NDArray[np.bool_]:
        return (units >= wanted.start) & (units < wanted.stop)

    return _chosen(events, by_source, is_wanted, f"{part} of split {split}")


def fold_part(events: Events, n_lines: int, by_source: bool, fold: int, folds: int, part: str) -> Events:
    """Return the events of one part of one fold: every k-th unit is tested, a tenth of the others is for validation.

    Every k-th and not the k-th block, because a file may be ordered by process. Arguments as in `split_part`.
    """

    def is_wanted(units: NDArray[np.int64]) -> NDArray[np.bool_]:
        tested = np.asarray(units % folds == fold)
        if part == "test":
            return tested
        place = units - (units - fold + folds - 1) // folds  # among the units that are not tested
        validation = np.asarray(place % VALIDATION_EVERY == VALIDATION_EVERY - 1)
        return np.asarray(~tested & (validation if part == "validation" else ~validation))

    return _chosen(events, by_source, is_wanted, f"{part} of fold {fold} of {folds}")


def _chosen(
    events: Events, by_source: bool, is_wanted: Callable[[NDArray[np.int64]], NDArray[np.bool_]], what: str
) -> Events:
    """Return the events of the wanted units (lines or sources, counted from 0).

    They are a view of the file's memory map where they lie side by side, else a map of their own. Lines are looked at
    in blocks; while they are, memory grows by a byte for each.
    """
    units = _sources(events)[0] if by_source else events.aux["row"]
    first_unit = 0 if by_source else 1
    wanted = np.empty(len(events), np.bool_)
    for start in range(0, len(events), BLOCK):
        stop = start + BLOCK
        wanted[start:stop] = is_wanted(np.asarray(units[start:stop], np.int64) - first_unit)
    number = int(np.count_nonzero(wanted))
    if number == 0:
        msg = f"no background event is in {what}; the file has {len(events)} events"
        raise DataError(msg)
    first, end = int(wanted.argmax()), len(wanted) - int(wanted[::-1].argmax())
    return events[first:end] if end - first == number else gathered(events, np.flatnonzero(wanted))


def _sources(events: Events) -> tuple[NDArray[np.int64], int]:
    """Return the number of each event's source, from 0 in order of appearance, and how many there are."""
    _, first, which = np.unique(events.aux["source"], return_index=True, return_inverse=True)
    order = np.empty(len(first), np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return order[which], len(first)
