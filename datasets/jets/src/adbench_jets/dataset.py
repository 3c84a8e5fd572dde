"""Single jets as a data set: the bundled sample, the public top-tagging set, or a folder of either form."""

from __future__ import annotations

from adbench.api.dataset import Dataset, DatasetInfo, DatasetOptions
from adbench.api.errors import UnknownNameError
from adbench.api.events import Events
from adbench.data.cache import cache_key, default_cache
from adbench.data.hashes import FileHashes
from adbench_jets.card import CHANNELS, CLASSES, DOIS, FAMILIES, LICENCES, NAME, SELECTION, SUMMARY
from adbench_jets.compact import load_class
from adbench_jets.editions import opened
from adbench_jets.provenance import notes, provenance
from adbench_jets.toptagging import TopTagging

__all__ = ["Jets"]

READER: str = "1"  # raise it when the same files give other events


class Jets(Dataset):
    """Jets of one class as background, those of the others as signals (arXiv:2306.03933).

    Channel ``qcd`` has QCD jets as background and the test part of ``top`` as a signal; channel ``top`` the other way
    round. Parts of a class are the same in both channels, so no jet that one channel is trained on is a signal of the
    other.

    Raises:
        UnknownNameError: no such edition or option.
        UsageError: no such folder, or another split than the files' own.
        MissingError: the edition is not on this disk.
        DataError: damaged files.

    Example:
        ``Jets(DatasetOptions()).train("qcd").object("pt")``
    """

    def __init__(self, options: DatasetOptions) -> None:
        super().__init__(options)
        if options.options:
            raise UnknownNameError(f"option of {NAME}", next(iter(options.options)), ())
        self._opened = opened(options)
        self._cache = options.cache or default_cache()
        self._public = TopTagging(self._opened.public, self._cache) if self._opened.public else None
        self._loaded: dict[str, dict[str, Events]] = {}

    @property
    def _classes(self) -> tuple[str, ...]:
        return CHANNELS if self._public else tuple(self._opened.classes)

    @property
    def info(self) -> DatasetInfo:
        """What the data set is."""
        channels = tuple(name for name in CHANNELS if name in self._classes)
        return DatasetInfo(
            name=NAME,
            edition=self._opened.edition,
            channels=channels,
            signals={
                channel: tuple(name for name in CLASSES if name != channel and name in self._classes)
                for channel in channels
            },
            families=FAMILIES,
            selections=dict.fromkeys(channels, SELECTION),
            split="manifest" if self._public is None else "official",
            splits={"manifest": "jets of one generated event are in one part; both channels share the parts"}
            if self._public is None
            else {"official": "train.h5, val.h5 and test.h5; both channels share the parts"},
            summary=SUMMARY,
            doi=DOIS["top-tagging" if self._public else "sample"],
            licence=LICENCES[self._opened.edition],
            provenance=provenance(self._opened),
            notes=notes(self._opened),
        )

    def fingerprint(self, channel: str) -> str:
        """Return 32 hex digits that change with any file that the channel needs."""
        self.info.check_channel(channel)
        files = self._opened.public if self._public else self._opened.classes
        hashes = FileHashes(self._cache / "hashes")
        return cache_key(reader=READER, files={name: hashes.sha256(path) for name, path in files.items()})

    def prepare(self, channel: str) -> None:
        """Convert the public set to memory-mapped arrays; our own files need nothing."""
        self.info.check_channel(channel)
        if self._public is not None:
            self._public.convert()

    def train(self, channel: str) -> Events:
        """Return jets of the channel's class to learn from."""
        return self._part(self.info.check_channel(channel), "train")

    def validation(self, channel: str) -> Events:
        """Return jets of the channel's class for early stopping."""
        return self._part(self.info.check_channel(channel), "validation")

    def background(self, channel: str) -> Events:
        """Return the test jets of the channel's class."""
        return self._part(self.info.check_channel(channel), "test")

    def signal(self, channel: str, name: str) -> Events:
        """Return the test jets of another class; raises UnknownNameError."""
        return self._part(self.info.check_signal(channel, name), "test")

    def _part(self, name: str, part: str) -> Events:
        if self._public is not None:
            return self._public.events(name, part)
        if name not in self._loaded:
            self._loaded[name] = load_class(self._opened.classes[name], name)
        return self._loaded[name][part]
