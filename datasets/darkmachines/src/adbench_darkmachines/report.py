"""What a file held besides the events that were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adbench.api.errors import DataError

__all__ = ["Report", "malformed"]

EXAMPLES = 5  # malformed lines that are quoted


@dataclass(slots=True)
class Report:
    """Counts that the reader fills while it reads one file.

    Attributes:
        lines: lines of the file.
        kept: events returned.
        cut_objects: objects outside the acceptance, removed.
        cut_events: events outside the channel, removed.
        skipped: malformed lines that were skipped.
        examples: the first skipped lines, each with its number and what was wrong.
        unknown: events by process name that the data card does not know, filed under ``other``.
    """

    lines: int = 0
    kept: int = 0
    cut_objects: int = 0
    cut_events: int = 0
    skipped: int = 0
    examples: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)

    def skip(self, line: int, reason: str) -> None:
        """Count a malformed line."""
        self.skipped += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"line {line}: {reason}")

    def add(self, later: Report) -> None:
        """Add the counts of a later part of the same file."""
        for name in ("lines", "kept", "cut_objects", "cut_events", "skipped"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.examples += later.examples[: EXAMPLES - len(self.examples)]
        self.unknown += later.unknown

    def notes(self, file: str) -> list[str]:
        """Return what a reader of results must know about a file, one sentence each; often none."""
        notes = []
        if self.skipped:
            notes.append(f"{file}: {self.skipped} of {self.lines} lines are malformed and skipped ({self.examples[0]})")
        if self.cut_events:
            events = self.lines - self.skipped
            share = 100.0 * self.cut_events / events
            warning = "warning: " if share > 50.0 else ""
            text = f"{share:.1f} % of the events fail the selection ({self.cut_events:,} of {events:,})"
            notes.append(f"{warning}{file}: {text}")
        if self.unknown:
            names = ", ".join(f"{name} ({n})" for name, n in self.unknown.most_common(EXAMPLES))
            notes.append(f"{file}: processes not on the card, filed under other: {names}")
        return notes

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain values, for a JSON file."""
        return {name: getattr(self, name) for name in self.__slots__} | {"unknown": dict(sorted(self.unknown.items()))}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Report:
        """Return the report that `to_dict` wrote."""
        return cls(**{**values, "unknown": Counter(values["unknown"])})


def malformed(path: Path, fault: str) -> DataError:
    """Return the error of a malformed line; `fault` is one of `Report.examples`, ``line 2: an empty line``."""
    return DataError(f"{path}:{fault.removeprefix('line ')}; leave such lines out with --skip-bad-lines")
