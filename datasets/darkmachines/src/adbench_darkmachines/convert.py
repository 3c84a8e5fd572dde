"""Files of events converted once, and read as memory maps ever after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adbench.data.arrays import write_events
from adbench.data.cache import Cache, cache_key
from adbench.data.hashes import FileHashes
from adbench_darkmachines.card import SCHEMA
from adbench_darkmachines.report import Report, malformed
from adbench_darkmachines.selection import ACCEPTANCE, CHANNELS

__all__ = ["CONVERTER", "Converted", "Converter"]

CONVERTER = 1
"""Version of the conversion; raise it when the same file gives other events. Cuts and schema enter by themselves."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A file's events in the cache.

    Attributes:
        folder: the memory-mappable arrays.
        slots: object slots per event.
        report: what the file held besides the events.
        notes: what a reader of results must know about the file.
    """

    folder: Path
    slots: int
    report: Report
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
        self._cache = Cache(cache / "darkmachines")
        self._hashes = FileHashes(cache / "hashes")
        self._skip_bad_lines = skip_bad_lines
        self._settings: Mapping[str, Any] = {"raw": raw, "event_id_is_source": event_id_is_source}

    def key(self, path: Path, channel: str, slots: int) -> str:
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
        )

    def convert(self, path: Path, channel: str, slots: int) -> Converted:
        """Return a file's events in the cache, with at least `slots` slots, converting the file when it is new.

        Raises:
            DataError: see `adbench_darkmachines.reader.read_events`; or the cache cannot be written.
        """

        def write(folder: Path) -> Mapping[str, Any]:
            from adbench_darkmachines.reader import Reading, iter_events  # brings numba: 0.4 s that a hit saves

            report = Report()
            chunks = iter_events(path, Reading(channel, skip_bad_lines=self._skip_bad_lines, **self._settings), report)
            width = write_events(folder, chunks, slots)  # fills the report
            return {"slots": width, "report": report.to_dict(), "source": path.name}

        entry = self._cache.get_or_convert(self.key(path, channel, slots), write)
        report = Report.from_dict(entry.notes["report"])
        if report.skipped and not self._skip_bad_lines:
            raise malformed(path, report.examples[0])
        return Converted(entry.folder, int(entry.notes["slots"]), report, tuple(report.notes(path.name)))
