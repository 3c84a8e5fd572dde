"""The Dark Machines challenge as a data set: the bundled sample, or any folder in the official layout."""

from __future__ import annotations

import copy
from pathlib import Path

from adbench.api.dataset import Dataset, DatasetInfo, DatasetOptions
from adbench.api.errors import UnknownNameError, UsageError
from adbench.api.events import Events
from adbench.data.arrays import load_events
from adbench.data.cache import default_cache
from adbench_darkmachines.card import CHANNEL_CARDS, DOIS, DOIS_OF, LICENCES, SCHEMA, SUMMARY
from adbench_darkmachines.channel_files import PARTS
from adbench_darkmachines.convert import Converted, Converter
from adbench_darkmachines.opening import opened
from adbench_darkmachines.partition import fold_part, split_part
from adbench_darkmachines.preparing import UNLABELLED, WHOLE_BACKGROUND, converted_channel, fingerprint
from adbench_darkmachines.provenance import luminosities, provenance
from adbench_darkmachines.signals import SIGNALS
from adbench_darkmachines.splits import DEFAULT, K_FOLDS, check_split

__all__ = ["DarkMachines"]

NAME = "darkmachines"
MANIFEST = "manifest"
OWN_SPLIT = "the files come divided; copies of one generated event are in one part"


class DarkMachines(Dataset):
    """Events of the Dark Machines Anomaly Score Challenge (arXiv:2105.14027).

    Args:
        options: ``data`` names a folder in the official layout; without it the edition is used. ``split`` is for
            background that does not come divided. Cuts are re-applied unless ``raw``.

    Raises:
        UnknownNameError: no such edition, split or option.
        UsageError: no such folder, fewer than two folds, or another split of files that come divided.
        MissingError: the edition is not installed.
        DataError: the folder has no background.

    Example:
        ``DarkMachines(DatasetOptions(data=Path("training_files"))).train("2b")``
    """

    def __init__(self, options: DatasetOptions) -> None:
        super().__init__(options)
        if options.options:
            raise UnknownNameError(f"option of {NAME}", next(iter(options.options)), ())
        self._opened = opened(options)
        self._layout = self._opened.layout
        self._split = self._chosen_split()
        if self._split == K_FOLDS and options.folds < 2:
            msg = f"{K_FOLDS} needs at least 2 folds, not {options.folds}"
            raise UsageError(msg)
        self._fold: int | None = None
        self._converter = Converter(
            options.cache or default_cache(),
            raw=options.raw,
            skip_bad_lines=options.skip_bad_lines,
            event_id_is_source=self._layout.event_id_is_source,
        )
        self._prepared: dict[str, dict[str, Converted]] = {}

    def _chosen_split(self) -> str:
        """Return the split that is used; a manifest's own one cannot be replaced."""
        asked, possible = self.options.split, self._opened.splits
        what = f"edition {self._opened.edition}" if self.options.data is None else str(self.options.data)
        if not self._layout.own_split:
            split = check_split(asked or DEFAULT)
            if split not in possible:
                msg = (
                    f"{what} has one file per process, which split {split} cannot divide; take {' or '.join(possible)}"
                )
                raise UsageError(msg)
            return split
        if asked not in (None, MANIFEST):
            check_split(asked)
            msg = f"{what} comes divided into train, validation and test; leave --split out (its split is '{MANIFEST}')"
            raise UsageError(msg)
        return MANIFEST

    @property
    def info(self) -> DatasetInfo:
        """What the data set is. What was found in the files (dropped lines) is in the notes once they are prepared."""
        channels, edition = self._layout.channels, self._opened.edition
        folds = self.options.folds if self._split == K_FOLDS else 1
        return DatasetInfo(
            name=NAME,
            edition=f"{edition}-raw" if self.options.raw else edition,
            channels=tuple(channels),
            signals={name: tuple(files.signals) for name, files in channels.items()},
            families={name: signal.family for name, signal in SIGNALS.items()},
            selections={name: CHANNEL_CARDS[name].summary for name in channels},
            split=f"{K_FOLDS}-{folds}" if self._split == K_FOLDS else self._split,
            splits={MANIFEST: OWN_SPLIT} if self._layout.own_split else self._opened.splits,
            folds=folds,
            summary=SUMMARY,
            doi=tuple(DOIS[name] for name in DOIS_OF[edition]),
            licence=LICENCES[edition],
            provenance=provenance(self._opened),
            luminosities=luminosities(self._opened, self._lines()),
            notes=self._notes(),
        )

    def _lines(self) -> dict[str, int]:
        """Return the lines of the undivided backgrounds that were read."""
        read = {channel: files.get(WHOLE_BACKGROUND) for channel, files in self._prepared.items()}
        return {channel: whole.report.lines for channel, whole in read.items() if whole is not None}

    def _notes(self) -> tuple[str, ...]:
        notes = list(self._layout.notes)
        for files in self._prepared.values():
            for converted in files.values():
                notes.extend(converted.notes)
        return tuple(notes)

    def fingerprint(self, channel: str) -> str:
        """Return 32 hex digits that change with any file of the channel and with raw.

        Not with skip_bad_lines: a file without malformed lines is read the same, any other is refused without it.
        """
        return fingerprint(self._converter, self._layout, self.info.check_channel(channel))

    def prepare(self, channel: str) -> None:
        """Convert the channel's files to memory-mapped arrays; those of an earlier time are used again.

        Raises:
            DataError: a malformed line, a damaged file, a file of another channel, too few background events for
                the split, or an unwritable cache.
        """
        if self.info.check_channel(channel) not in self._prepared:
            converted = converted_channel(self._converter, self._layout, channel)
            if not self._layout.own_split and self._split != K_FOLDS:
                for part in PARTS:  # before anything is trained
                    self._part(converted[WHOLE_BACKGROUND], channel, part)
            self._prepared[channel] = converted

    def train(self, channel: str) -> Events:
        """Return background to learn from."""
        return self._background(channel, "train")

    def validation(self, channel: str) -> Events:
        """Return background for early stopping."""
        return self._background(channel, "validation")

    def background(self, channel: str) -> Events:
        """Return the test background; with k-folds that of the fold, or of all folds together."""
        if self._split == K_FOLDS and self._fold is None:
            return self._events(channel, WHOLE_BACKGROUND)
        return self._background(channel, "test")

    def signal(self, channel: str, name: str) -> Events:
        """Return the events of a signal that pass the channel's selection; raises UnknownNameError."""
        return self._events(channel, f"signal/{self.info.check_signal(channel, name)}")

    def unlabelled(self, channel: str) -> Events | None:
        """Return the events of ``unlabelled_*_chanX.csv`` with their ids in ``aux["event_id"]``, or None."""
        if self._layout.channels[self.info.check_channel(channel)].unlabelled is None:
            return None
        return self._events(channel, UNLABELLED)

    def read(self, path: Path, channel: str) -> Events:
        """Return the events of a CSV file of the challenge that pass the channel's selection; all of them with raw."""
        from adbench_darkmachines.reader import read_events  # numba, which cached events do without

        return read_events(
            path,
            self.info.check_channel(channel),
            raw=self.options.raw,
            skip_bad_lines=self.options.skip_bad_lines,
        )

    def fold(self, index: int) -> DarkMachines:
        """Return the view of one fold; the data set itself when the split has none."""
        if self._split != K_FOLDS:
            return self
        if not 0 <= index < self.options.folds:
            msg = f"fold {index} of {self.options.folds}; expected 0 to {self.options.folds - 1}"
            raise UsageError(msg)
        view = copy.copy(self)
        view._fold = index
        return view

    def _background(self, channel: str, part: str) -> Events:
        if self._layout.own_split:
            return self._events(channel, f"background/{part}")
        self.prepare(channel)
        return self._part(self._prepared[channel][WHOLE_BACKGROUND], channel, part)

    def _part(self, background: Converted, channel: str, part: str) -> Events:
        """Return a part of the channel's one background file."""
        events, n_lines = load_events(background.folder, SCHEMA), background.report.lines
        by_source = self._layout.event_id_is_source
        if self._split != K_FOLDS:
            return split_part(events, n_lines, by_source, self._split, channel, part)
        if self._fold is None:
            msg = f"with {K_FOLDS} there is one {part} background per fold; use dataset.fold(index)"
            raise UsageError(msg)
        return fold_part(events, n_lines, by_source, self._fold, self.options.folds, part)

    def _events(self, channel: str, role: str) -> Events:
        self.prepare(channel)
        return load_events(self._prepared[channel][role].folder, SCHEMA)
