"""Events of the parts of a split: by line of the file, or by source where copies of one event share a source."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError
from adbench.api.events import Events
from adbench_darkmachines.splits import divide

__all__ = ["fold_part", "split_part"]

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
    units, total = _units(events, n_lines, by_source)
    wanted: range = getattr(divide(split, channel, total), part)
    return _chosen(events, (units >= wanted.start) & (units < wanted.stop), f"{part} of split {split}")


def fold_part(events: Events, n_lines: int, by_source: bool, fold: int, folds: int, part: str) -> Events:
    """Return the events of one part of one fold: every k-th unit is tested, a tenth of the others is for validation.

    Every k-th and not the k-th block, because a file may be ordered by process. Arguments as in `split_part`.
    """
    units, _ = _units(events, n_lines, by_source)
    place = units - (units - fold + folds - 1) // folds  # among the units that are not tested
    tested = units % folds == fold
    validation = ~tested & (place % VALIDATION_EVERY == VALIDATION_EVERY - 1)
    masks = {"test": tested, "validation": validation, "train": ~tested & ~validation}
    return _chosen(events, masks[part], f"{part} of fold {fold} of {folds}")


def _units(events: Events, n_lines: int, by_source: bool) -> tuple[NDArray[np.int64], int]:
    """Return the number of each event's line or source, from 0 in order of appearance, and how many there are."""
    if not by_source:
        return events.aux["row"] - 1, n_lines
    _, first, which = np.unique(events.aux["source"], return_index=True, return_inverse=True)
    order = np.empty(len(first), np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return order[which], len(first)


def _chosen(events: Events, mask: NDArray[np.bool_], what: str) -> Events:
    """Return the chosen events, as a view of the file's memory map where they lie side by side."""
    rows = np.flatnonzero(mask)
    if len(rows) == 0:
        msg = f"no background event is in {what}; the file has {len(events)} events"
        raise DataError(msg)
    if rows[-1] - rows[0] + 1 == len(rows):
        return events[slice(int(rows[0]), int(rows[-1]) + 1)]
    return events[rows]
