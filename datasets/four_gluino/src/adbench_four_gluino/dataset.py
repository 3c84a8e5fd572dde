"""The data set: events drawn from the known density, or the published files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from adbench.api import DataError, Dataset, DatasetInfo, DatasetOptions, Events, UnknownNameError, UsageError
from adbench.data.arrays import load_events, write_events
from adbench.data.cache import Cache, cache_key, default_cache
from adbench.data.hashes import FileHashes
from adbench_four_gluino.card import LABELLED, NAME, PLAIN, SUMMARY, without_labels
from adbench_four_gluino.generate import VERSION, generated
from adbench_four_gluino.process import P_FOUR
from adbench_four_gluino.published import FILES, read_four, read_two
from adbench_four_gluino.sizes import BASES, EDITIONS, channels_of, parsed

__all__ = ["FourGluino"]

SIGNAL = "flat"
_PARTS = ("train", "validation", "test")
_SHARES = (10 / 12, 11 / 12)  # of published events: train up to the first, validation up to the second
_READER = 2
_SOURCES = 10**9  # more than a part has


class FourGluino(Dataset):
    """Pairs and fours of gluinos (after arXiv:2205.01697, section 3).

    Args:
        options: ``data`` names a folder with the published files; without it the events of an edition are generated,
            once, into the cache.

    Raises:
        UnknownNameError: no such edition, split or option.
        UsageError: the folder has none of the published files.

    Example:
        ``FourGluino(DatasetOptions()).train("momenta_1k")``
    """

    def __init__(self, options: DatasetOptions) -> None:
        super().__init__(options)
        if options.options:
            raise UnknownNameError(f"option of {NAME}", next(iter(options.options)), ())
        if options.split is not None:
            raise UnknownNameError(f"split of {NAME}", options.split, (), "none: the events come divided")
        self._edition = options.edition or next(iter(EDITIONS))
        if self._edition not in EDITIONS:
            raise UnknownNameError(f"edition of {NAME}", self._edition, EDITIONS)
        folder = options.cache or default_cache() / NAME
        self._cache, self._hashes = Cache(folder), FileHashes(folder / "hashes")
        self._files = {} if options.data is None else _found(options.data)
        self._opened: dict[tuple[str, str], Events] = {}

    @property
    def info(self) -> DatasetInfo:
        """What the data set is."""
        if self.options.data is not None:
            bases = tuple(base for base in BASES if (FILES[2] in self._files or base != "mixed"))
            channels = channels_of(EDITIONS["paper"].train, bases if FILES[4] in self._files else ())
            edition, origin = "folder", "published files, read from a folder; train, validation and test are 10:1:1"
        else:
            channels, edition = channels_of(EDITIONS[self._edition].train), self._edition
            origin = "drawn from the density of amplitude.py by accepting flat phase space"
        return DatasetInfo(
            name=NAME,
            edition=edition,
            channels=channels,
            signals=dict.fromkeys(channels, (SIGNAL,)),
            selections={channel: _words(channel) for channel in channels},
            split="10:1:1" if self.options.data is not None else "own",
            summary=SUMMARY,
            doi=("10.5281/zenodo.5220652",) if self.options.data is not None else (),
            licence="as published" if self.options.data is not None else "MIT",
            provenance=(origin,),
            notes=(
                "The signal is flat phase space of massless directions, with labels by chance.",
                f"mixed: as many events of two as of four gluinos, weighted so that four have a share of {P_FOUR:g}.",
            ),
        )

    def fingerprint(self, channel: str) -> str:
        """Return 32 hex digits that change with the generator, the edition or the files."""
        base, size = parsed(self.info.check_channel(channel))
        files = {name: self._hashes.sha256(path) for name, path in self._files.items()}
        return cache_key(version=VERSION, reader=_READER, edition=self.info.edition, base=base, size=size, files=files)

    def prepare(self, channel: str) -> None:
        """Generate or read the channel's events into the cache; raise DataError for files that cannot be read."""
        base = _stored(parsed(self.info.check_channel(channel))[0])
        for part in (*_PARTS, SIGNAL):
            self._part(base, part)

    def train(self, channel: str) -> Events:
        """Return background to learn from."""
        return self._events(channel, "train")[: parsed(channel)[1]]

    def validation(self, channel: str) -> Events:
        """Return background for early stopping."""
        return self._events(channel, "validation")

    def background(self, channel: str) -> Events:
        """Return the test background."""
        return self._events(channel, "test")

    def signal(self, channel: str, name: str) -> Events:
        """Return the events of a signal; raises UnknownNameError."""
        return self._events(channel, self.info.check_signal(channel, name))

    def _events(self, channel: str, part: str) -> Events:
        base = parsed(self.info.check_channel(channel))[0]
        events = self._part(_stored(base), part)
        return without_labels(events) if base == "momenta" else events

    def _part(self, stored: str, part: str) -> Events:
        if (stored, part) not in self._opened:
            schema = LABELLED if stored == "labels" else PLAIN
            entry = self._cache.get_or_convert(
                self._key(stored, part), lambda folder: self._write(folder, stored, part)
            )
            self._opened[stored, part] = load_events(entry.folder, schema)
        return self._opened[stored, part]

    def _key(self, stored: str, part: str) -> str:
        files = {} if part == SIGNAL else {name: self._hashes.sha256(path) for name, path in self._files.items()}
        return cache_key(version=VERSION, reader=_READER, edition=self._edition, stored=stored, part=part, files=files)

    def _write(self, folder: Path, stored: str, part: str) -> Mapping[str, int]:
        if self._files and part != SIGNAL:
            chunks: Iterable[Events] = [_as_part(self._read(stored, part), part)]
        else:
            sizes = EDITIONS[self._edition]
            wanted = sizes.signal if part == SIGNAL else getattr(sizes, part)
            chunks = (_as_part(chunk, part) for chunk in generated(self._edition, part, stored, wanted))
        write_events(folder, chunks, 4)
        return {"events": sum(len(chunk) for chunk in chunks) if isinstance(chunks, list) else wanted}

    def _read(self, stored: str, part: str) -> Events:
        four = read_four(self._files[FILES[4]])
        if stored == "labels":
            return _divided(four, part)
        two = _divided(read_two(self._files[FILES[2]]), part)
        four = _divided(without_labels(four), part)
        n = min(len(two), len(four))
        if n == 0:
            msg = f"{self.options.data} has too few events for a {part} sample"
            raise DataError(msg)
        both = Events.concatenate([two[:n], four[:n]])
        weights = np.repeat([2 * (1 - P_FOUR), 2 * P_FOUR], n)
        aux = {**both.aux, "row": np.arange(2 * n), "source": np.arange(2 * n)}
        mixed = Events.build(PLAIN, both.objects, both.kinds, both.features, None, weights, aux)
        return mixed[np.arange(2 * n).reshape(2, n).T.ravel()]


def _as_part(events: Events, part: str) -> Events:
    """Return events of a part whose sources are no other part's: each part is numbered from 0 when it is made."""
    first = _SOURCES * (SIGNAL, *_PARTS).index(part)
    return replace(events, aux={**events.aux, "source": events.aux["source"] + first})


def _stored(base: str) -> str:
    return "labels" if base == "momenta" else base


def _found(folder: Path) -> dict[str, Path]:
    found = {name: folder / name for name in FILES.values() if (folder / name).is_file()}
    if FILES[4] not in found:
        msg = f"{folder} has no {FILES[4]}; it is in the Zenodo record 5220652"
        raise UsageError(msg)
    return found


def _divided(events: Events, part: str) -> Events:
    first, second = (int(len(events) * share) for share in _SHARES)
    return {"train": events[:first], "validation": events[first:second], "test": events[second:]}[part]


def _words(channel: str) -> str:
    base, size = parsed(channel)
    words = {
        "momenta": "directions of four gluinos",
        "labels": "directions of four gluinos, helicities and colour orders",
        "mixed": "directions of two or four gluinos",
    }[base]
    return f"{words}, at most {size} to learn from" if size else words
