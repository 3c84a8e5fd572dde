"""Background of one channel from one file per process: one file's worth of events, mixed by cross-section.

Every event of a process gets the weight sigma L / lines, so that the weights of a channel add up to what a
luminosity L gives, however many events of each process were generated. The processes are interleaved: line j of n
stands at (j - 1/2) / n of the mixture. So a division by place (`adbench_darkmachines.splits`) divides each process
in the same shares, and the first events are a mixture too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError
from adbench.api.events import Events
from adbench.data.arrays import EventsWriter, load_events
from adbench.data.cache import Cache, cache_key
from adbench_darkmachines.card import SCHEMA
from adbench_darkmachines.convert import Converted
from adbench_darkmachines.processes import CROSS_SECTIONS
from adbench_darkmachines.report import Report

__all__ = ["LUMINOSITY", "MIXTURE", "interleaved", "mixed", "weight_of"]

LUMINOSITY: Final = 10.0
"""In fb^-1: that of the full generation's files (arXiv:2105.14027, Table 2)."""

PB_PER_FB: Final = 1000.0
MIXTURE: Final = 1  # version; raise it when the same parts give another mixture
ROWS_AT_ONCE: Final = 65_536


def weight_of(process: str, events: int) -> float:
    """Return the weight of one of `events` generated events of a process: sigma L / events."""
    return CROSS_SECTIONS[process] * PB_PER_FB * LUMINOSITY / events


def interleaved(rows: Sequence[NDArray[np.int64]], lines: Sequence[int]) -> list[NDArray[np.int64]]:
    """Return the places of events in the mixture, counted from 1, each place taken by one line at most.

    Args:
        rows: int64 (n,) for each file, line numbers of events, counted from 1.
        lines: number of lines of each file, events or not.

    Example:
        >>> [place.tolist() for place in interleaved([np.array([1, 2, 3, 4]), np.array([1])], [4, 1])]
        [[1, 2, 4, 5], [3]]
    """
    places = []
    for f, (row, n) in enumerate(zip(rows, lines, strict=True)):
        place = row.astype(np.int64)
        for g, other in enumerate(lines):
            if g != f:  # lines i of the other file with (i - 1/2) / other below (or, for an earlier file, at) ours
                place = place + ((2 * row - 1) * other + n - (g > f)) // (2 * n)
        places.append(place)
    return places


def mixed(cache: Cache, parts: Mapping[str, Converted], slots: int) -> Converted:
    """Return the mixture of the converted files of a channel; it is kept in the cache.

    Args:
        cache: where.
        parts: the files by process.
        slots: object slots per event.

    Raises:
        DataError: no event of any process passes the selection, or the cache cannot be written.
    """
    total = _total([part.report for part in parts.values()])
    if total.kept == 0:
        msg = f"no background event passes the selection: none of {total.lines:,} lines of {', '.join(parts)}"
        raise DataError(msg)
    weights = {name: weight_of(name, max(1, p.report.lines - p.report.skipped)) for name, p in parts.items()}
    keys = {name: part.folder.name for name, part in parts.items()}

    def write(folder: Path) -> Mapping[str, Any]:
        _write(folder, [(parts[name], weights[name]) for name in parts], slots)
        return {}

    entry = cache.get_or_convert(cache_key(mixture=MIXTURE, parts=keys, weights=weights, slots=slots), write)
    notes = [note for p in parts.values() for note in p.notes]
    return Converted(entry.folder, slots, total, "", tuple(notes))


def _total(reports: Sequence[Report]) -> Report:
    total = Report()
    for report in reports:
        total.add(report)
    return total


def _write(folder: Path, parts: Sequence[tuple[Converted, float]], slots: int) -> None:
    """Write the events of all parts in the order of their places, a block at a time."""
    events = [load_events(part.folder, SCHEMA) for part, _ in parts]
    places = interleaved([e.aux["row"] for e in events], [part.report.lines for part, _ in parts])
    starts = np.cumsum([0, *map(len, places)])
    order = np.argsort(np.concatenate(places))
    with EventsWriter(folder, slots) as writer:
        for at in range(0, len(order), ROWS_AT_ONCE):
            chosen = order[at : at + ROWS_AT_ONCE]
            owner = np.searchsorted(starts, chosen, side="right") - 1
            pieces = []
            for i in np.unique(owner):
                local = chosen[owner == i] - starts[i]  # in a row: the order within a file stays
                rows = slice(int(local[0]), int(local[-1]) + 1)
                pieces.append(_piece(events[i][rows], places[i][rows], parts[i][1]))
            block = Events.concatenate(pieces)
            writer.append(block[np.argsort(block.aux["row"])])


def _piece(events: Events, places: NDArray[np.int64], weight: float) -> Events:
    """Return events of one process with their weight, and their places as the rows and sources of the mixture."""
    weights = np.full(len(events), weight, np.float32)
    return replace(events, weights=weights, aux={**events.aux, "row": places, "source": places})
