"""From a file in the challenge's CSV format to `Events`, in bounded memory, every field checked.

A line is ``event id;process;weight;MET;METphi;object,E,pt,eta,phi;...`` with or without a last ``;``, energies
in MeV (arXiv:2105.14027, section 2). The files may be plain, gzip or xz.
"""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError, UnknownNameError, UsageError
from adbench.api.events import Events
from adbench_darkmachines.card import OTHER, PROCESS_INDEX, SCHEMA, SLOTS
from adbench_darkmachines.reader.arrange import arrange
from adbench_darkmachines.reader.choose import choose
from adbench_darkmachines.reader.faults import explain
from adbench_darkmachines.reader.kernel import COMMA, parse
from adbench_darkmachines.reader.lines import BLOCK, Block, blocks
from adbench_darkmachines.report import Report, malformed
from adbench_darkmachines.selection import CHANNELS, passes_object_cuts

__all__ = ["Place", "Reading", "channel_in_name", "iter_events", "iter_parts", "read_events"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file.

    Attributes:
        channel: whose selection is applied; None = that of the file's name.
        raw: keep all objects and events as they are in the file.
        skip_bad_lines: count malformed lines instead of stopping at the first.
        event_id_is_source: the event id numbers generated events, as in our own samples; the ids of the official
            files mean nothing (one id for a whole signal file).
        event_ids: keep the event ids in ``aux["event_id"]`` (int64), for files whose scores are handed in by them.
        may_be_empty: a file of which no event passes the selection is none of another channel.
        block: uncompressed bytes read at once.
    """

    channel: str | None = None
    raw: bool = False
    skip_bad_lines: bool = False
    event_id_is_source: bool = False
    event_ids: bool = False
    may_be_empty: bool = False
    block: int = BLOCK


def read_events(
    path: str | Path,
    channel: str | None = None,
    *,
    raw: bool = False,
    skip_bad_lines: bool = False,
    report: Report | None = None,
) -> Events:
    """Read a file of the Dark Machines challenge.

    Objects outside the acceptance are removed and the channel's selection is applied again, because the official
    signal files hold objects that the background files lack; objects are ordered by descending pT, all kinds
    together. There are at least 18 slots per event.

    Args:
        path: a plain, gzip or xz file.
        channel: ``1``, ``2a``, ``2b`` or ``3``; None = taken from the file's name (``..._chan2b.csv``).
        raw: keep all objects and events as they are in the file.
        skip_bad_lines: skip malformed lines; they are counted in `report`, or warned of when none is given.
        report: filled with what the file held besides the events.

    Returns:
        Events with MET and METphi as features, unit weights, and in `aux`: ``process`` (int16, place in
        ``schema.processes``), ``row`` (int64, number of the line, counted from 1), ``source`` (int64, here the row)
        and ``event_weight`` (float32, as in the file).

    Raises:
        DataError: a malformed line (with file, line, field and what was expected), a damaged, empty or missing
            file, a file of another channel, or no event that passes the selection.
        UnknownNameError: no such channel.
        UsageError: the channel is neither given nor in the name.

    Example:
        ``events = read_events("training_files/chan1/stlp_st1000_chan1.csv")``
    """
    filled = Report() if report is None else report
    parts = list(iter_events(Path(path), Reading(channel, raw, skip_bad_lines), filled))
    events = Events.concatenate(parts)
    if report is None and filled.skipped:
        warnings.warn("; ".join(filled.notes(str(path))), UserWarning, stacklevel=2)
    return events


def iter_events(path: Path, reading: Reading, report: Report) -> Iterator[Events]:
    """Yield the events of a file block by block, at least 18 slots wide; see `read_events`."""
    for events, _ in iter_parts(path, reading, report, Place()):
        yield events


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two lines of a file.

    Attributes:
        offset: bytes before it, uncompressed.
        line: number of the next line, counted from 1.
    """

    offset: int = 0
    line: int = 1


def iter_parts(
    path: Path, reading: Reading, report: Report, start: Place, workers: int = 1
) -> Iterator[tuple[Events, Place]]:
    """Yield events and the place up to which the file is read, block by block, in the order of the file.

    Args:
        path: the file.
        reading: how to read it.
        report: what the lines before `start` held; each block is added to it before its events are yielded.
        start: where to begin.
        workers: threads that read blocks side by side; one more block than that is in memory.
    """
    channel = _channel(path, reading)
    for events, found, place in _in_order(path, reading, channel, start, workers):
        found.kept = len(events)
        report.add(found)
        yield events, place
    if report.kept == 0 and not reading.may_be_empty:
        wanted = "is an event" if channel is None else f"is an event that passes the selection of channel {channel}"
        why = f" ({report.examples[0]})" if report.examples else ""
        msg = f"{path}: none of {report.lines} lines {wanted}{why}; is it the right file?"
        raise DataError(msg)


def _in_order(
    path: Path, reading: Reading, channel: str | None, start: Place, workers: int
) -> Iterator[tuple[Events, Report, Place]]:
    def read(block: Block) -> tuple[Events, Report, Place]:
        found = Report()
        events = _events(path, block, channel, reading, found)
        return events, found, Place(block.end, block.first_line + block.n_lines)

    waiting = blocks(path, reading.block, start.offset, start.line)
    if workers == 1:
        yield from map(read, waiting)
        return
    with ThreadPoolExecutor(workers) as pool:
        ahead: deque[Future[tuple[Events, Report, Place]]] = deque()
        try:
            for block in waiting:
                ahead.append(pool.submit(read, block))
                if len(ahead) > workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def channel_in_name(name: str) -> str | None:
    """Return the channel that a file's name states.

    Example:
        >>> channel_in_name("background_chan2b_7.8.csv")
        '2b'
    """
    found = re.search(r"_chan(\d[a-z]?)(?![0-9A-Za-z])", name)
    return found[1] if found else None


def _channel(path: Path, reading: Reading) -> str | None:
    """Return the channel whose selection is applied, None in raw mode; check it against the file's name."""
    named = channel_in_name(path.name)
    channel = reading.channel or named
    if channel is not None and channel not in CHANNELS:
        raise UnknownNameError("channel of darkmachines", channel, CHANNELS)
    if named is not None and named != channel:
        msg = f"{path} is a file of channel {named} by its name; expected channel {channel}"
        raise DataError(msg)
    if reading.raw:
        return None
    if channel is None:
        msg = f"the name of {path} states no channel; give one of {', '.join(CHANNELS)}, or read it raw"
        raise UsageError(msg)
    return channel


def _events(path: Path, block: Block, channel: str | None, reading: Reading, report: Report) -> Events:
    text = np.frombuffer(block.text, np.uint8)
    parsed = parse(text, block.n_lines, int(np.count_nonzero(text == COMMA)) // 4)
    event_id, process_hash, line_at, numbers, first, flat, flat_kinds, fault, fault_at = parsed
    report.lines += block.n_lines
    good = fault == 0
    for i in np.flatnonzero(~good):
        line = block.first_line + int(i)
        reason = explain(int(fault[i]), block.text, int(line_at[i]), int(fault_at[i]))
        if not reading.skip_bad_lines:
            raise malformed(path, f"line {line}: {reason}")
        report.skip(line, reason)
    kept = np.ones(len(flat), np.bool_) if reading.raw else passes_object_cuts(flat, flat_kinds)
    report.cut_objects += int(np.count_nonzero(~kept))
    objects, kinds = arrange(flat, flat_kinds, first, kept, SLOTS)
    chosen = good
    if channel is not None:
        chosen = good & choose(channel, objects, kinds, numbers[:, 1])
    report.cut_events += int(np.count_nonzero(good & ~chosen))
    row = np.arange(block.first_line, block.first_line + block.n_lines, dtype=np.int64)
    process = _processes(block.text, process_hash, line_at, good, report)
    aux = {
        "process": process,
        "row": row,
        "source": event_id if reading.event_id_is_source else row,
        "event_weight": numbers[:, 0],
    }
    if reading.event_ids:
        aux["event_id"] = event_id
    events = Events.build(SCHEMA, objects, kinds, numbers[:, 1:], aux=aux)
    return events if chosen.all() else events[chosen]


def _processes(
    text: bytes, hashes: NDArray[np.uint64], line_at: NDArray[np.int64], good: NDArray[np.bool_], report: Report
) -> NDArray[np.int16]:
    """Return int16 (n,): place of each event's process in the schema; unknown names are counted and become `other`."""
    lines = np.flatnonzero(good)
    _, example, which, counts = np.unique(hashes[lines], return_index=True, return_inverse=True, return_counts=True)
    codes = np.empty(len(example), np.int16)
    for k, i in enumerate(lines[example]):
        start = text.index(b";", int(line_at[i])) + 1
        name = text[start : text.index(b";", start)].decode("utf-8", "backslashreplace")
        codes[k] = PROCESS_INDEX.get(name, PROCESS_INDEX[OTHER])
        if name not in PROCESS_INDEX:
            report.unknown[name] += int(counts[k])
    process = np.zeros(len(good), np.int16)
    process[lines] = codes[which]
    return process
