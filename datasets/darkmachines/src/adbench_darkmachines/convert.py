"""Files of events converted once, and read as memory maps ever after.

A conversion keeps a journal: after every 64 MiB of the file the arrays are synced, then how far it came is written
down. One that was killed goes on from there, and ends with the same bytes as one that was not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adbench.data.arrays import EventsWriter
from adbench.data.cache import Cache, cache_key, write_atomically
from adbench.data.hashes import FileHashes
from adbench_darkmachines.card import SCHEMA
from adbench_darkmachines.report import Report, malformed
from adbench_darkmachines.selection import ACCEPTANCE, CHANNELS

__all__ = ["CONVERTER", "Converted", "Converter"]

CONVERTER = 1
"""Version of the conversion; raise it when the same file gives other events. Cuts and schema enter by themselves."""

JOURNAL = "journal.json"
BLOCK = 1 << 20  # bytes of the file read at once by each worker: the arrays of a block stay in the processor's cache
CHUNK = 64 << 20  # bytes of the file between two entries of the journal: a kill costs less than a second of work
MOST_WORKERS = 4  # beyond, the one thread that writes is what takes the time


@dataclass(frozen=True, slots=True)
class Converted:
    """A file's events in the cache.

    Attributes:
        folder: the memory-mappable arrays.
        slots: object slots per event.
        report: what the file held besides the events.
        source: name of the file.
        notes: what a reader of results must know about the file.
    """

    folder: Path
    slots: int
    report: Report
    source: str
    notes: tuple[str, ...]


class Converter:
    """Converts files with fixed settings into a cache.

    Args:
        cache: folder of the cache.
        raw: see `adbench_darkmachines.reader.Reading`, as for the other settings.
        skip_bad_lines: count malformed lines instead of stopping at the first.
        event_id_is_source: the event id numbers generated events.
    """

    def __init__(self, cache: Path, raw: bool, skip_bad_lines: bool, event_id_is_source: bool) -> None:
        self.cache = Cache(cache / "darkmachines")
        self._hashes = FileHashes(cache / "hashes")
        self._skip_bad_lines = skip_bad_lines
        self._settings: Mapping[str, Any] = {"raw": raw, "event_id_is_source": event_id_is_source}

    def key(self, path: Path, channel: str, slots: int, **special: bool) -> str:
        """Return 32 hex digits that stand for the events: content of the file, settings, cuts, schema, version."""
        cuts = repr((CHANNELS[channel], sorted(ACCEPTANCE.items())))
        source = self._hashes.sha256(path)
        return cache_key(
            source=source,
            channel=channel,
            cuts=cuts,
            schema=repr(SCHEMA),
            slots=slots,
            converter=CONVERTER,
            **self._settings,
            **special,
        )

    def convert(self, path: Path, channel: str, slots: int, **special: bool) -> Converted:
        """Return a file's events in the cache, with at least `slots` slots, converting the file when it is new.

        Args:
            path: the file.
            channel: whose selection is applied.
            slots: object slots at least.
            special: settings of `Reading` that are for this file alone.

        Raises:
            DataError: see `adbench_darkmachines.reader.read_events`; or the cache cannot be written.
        """

        def write(folder: Path) -> Mapping[str, Any]:
            return self._write(folder, path, channel, slots, special)

        entry = self.cache.get_or_resume(self.key(path, channel, slots, **special), write)
        report = Report.from_dict(entry.notes["report"])
        if report.skipped and not self._skip_bad_lines:
            raise malformed(path, report.examples[0])
        return Converted(entry.folder, int(entry.notes["slots"]), report, path.name, tuple(report.notes(path.name)))

    def _write(
        self, folder: Path, path: Path, channel: str, slots: int, special: Mapping[str, bool]
    ) -> Mapping[str, Any]:
        """Fill a folder, from where its journal ends; return what is to be known of the file."""
        from adbench_darkmachines.reader import Place, Reading, iter_parts  # brings numba: 0.4 s that a hit saves

        reading = Reading(channel, skip_bad_lines=self._skip_bad_lines, block=BLOCK, **self._settings, **special)
        writer, report, offset, line = _taken_up(folder, slots)
        start = place = Place(offset, line)
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
        with writer:
            for events, place in iter_parts(path, reading, report, start, min(MOST_WORKERS, cores)):
                writer.append(events)
                if place.offset - offset >= CHUNK:
                    _note(folder, writer, report, place.offset, place.line)
                    offset = place.offset
            _note(folder, writer, report, place.offset, place.line)
        return {"slots": writer.slots, "report": report.to_dict(), "source": path.name}


def _taken_up(folder: Path, slots: int) -> tuple[EventsWriter, Report, int, int]:
    """Return writer, report, offset and line of where a folder's journal ends; the beginning where it has none."""
    try:
        journal = json.loads((folder / JOURNAL).read_text("utf-8"))
        report = Report.from_dict(journal["report"])
        writer = EventsWriter.resumed(folder, journal["slots"], report.kept)
        return writer, report, int(journal["offset"]), int(journal["line"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # none yet, or damaged
        for left in folder.iterdir():
            left.unlink()
        return EventsWriter(folder, slots), Report(), 0, 1


def _note(folder: Path, writer: EventsWriter, report: Report, offset: int, line: int) -> None:
    """Write down how far the conversion came, once that is on the disk."""
    writer.sync()
    entry = {"slots": writer.slots, "offset": offset, "line": line, "report": report.to_dict()}
    write_atomically(folder / JOURNAL, json.dumps(entry))
