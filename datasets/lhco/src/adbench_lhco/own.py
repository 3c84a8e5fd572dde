"""Files of our own generator: background, signals, black boxes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adbench.api.errors import DataError
from adbench.api.events import Events
from adbench.generation.manifest import MANIFEST
from adbench_lhco.card import BACKGROUND, NO_BOX, SELECTION
from adbench_lhco.columns import dijet_events
from adbench_lhco.compact import load_columns
from adbench_lhco.editions import Opened
from adbench_lhco.provenance import own_notes
from adbench_lhco.split import PARTS

__all__ = ["Own"]


class Own:
    """An edition of our generator, read from its compact files when asked for.

    Attributes:
        channels: one per black box; a single one where there is none.
        signals: their names.
        selection: in words.
        notes: on these events.
    """

    def __init__(self, opened: Opened) -> None:
        self._folder, self._manifest = opened.folder, opened.manifest
        self._boxes: dict[str, Any] = dict(self._manifest.get("boxes", {}))
        self.channels: tuple[str, ...] = tuple(self._boxes) or (NO_BOX,)
        self.signals: tuple[str, ...] = tuple(self._manifest.get("signals", {}))
        self.selection, self.notes = SELECTION, own_notes(opened)
        self._loaded: dict[str, Events] = {}

    def paths(self, channel: str) -> dict[str, Path]:
        """Return the files that a channel needs, by what they are."""
        entries = {BACKGROUND: self._manifest["background"], **self._manifest.get("signals", {})}
        if channel in self._boxes:
            entries[channel] = self._boxes[channel]
        try:
            return {name: self._folder / entry["file"] for name, entry in entries.items()}
        except (KeyError, TypeError) as error:
            msg = f"{self._folder / MANIFEST} is not complete: {error!r}"
            raise DataError(msg) from error

    def prepare(self, channel: str) -> None:
        """Nothing: compact files are read when they are used."""

    def background(self, channel: str, part: str) -> Events:
        """Return a part of the background."""
        name = f"{BACKGROUND}/{part}"
        if name not in self._loaded:
            path = self.paths(channel)[BACKGROUND]
            columns = load_columns(path)
            if "part" not in columns:
                msg = f"{path} is not divided into {', '.join(PARTS)}"
                raise DataError(msg)
            events, number = dijet_events(columns, BACKGROUND), columns["part"]
            self._loaded |= {f"{BACKGROUND}/{label}": events[number == k] for k, label in enumerate(PARTS)}
        return self._loaded[name]

    def signal(self, name: str) -> Events:
        """Return the events of a signal."""
        if name not in self._loaded:
            self._loaded[name] = dijet_events(load_columns(self.paths(NO_BOX)[name]), name)
        return self._loaded[name]

    def box(self, channel: str) -> Events | None:
        """Return the unlabelled events of a channel."""
        if channel not in self._boxes:
            return None
        if channel not in self._loaded:
            self._loaded[channel] = dijet_events(load_columns(self.paths(channel)[channel]), None)
        return self._loaded[channel]
