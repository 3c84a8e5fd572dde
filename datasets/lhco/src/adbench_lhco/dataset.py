"""Dijet events as a data set: the bundled sample with two black boxes, or the public files."""

from __future__ import annotations

from adbench.api.dataset import Dataset, DatasetInfo, DatasetOptions
from adbench.api.errors import DataError, MissingError, UnknownNameError
from adbench.api.events import Events
from adbench.data.cache import cache_key, default_cache
from adbench.data.hashes import FileHashes
from adbench.data.quantised import load_quantised
from adbench.generation.kinematics import Array
from adbench_lhco.card import DOIS, FAMILIES, KINEMATICS, LICENCES, NAME, SUMMARY
from adbench_lhco.editions import opened
from adbench_lhco.own import Own
from adbench_lhco.provenance import provenance
from adbench_lhco.public.files import Public
from adbench_lhco.split import PARTS, SHARES

__all__ = ["Lhco"]

READER = "1"  # raise it when the same files give other events
_SPLIT = "hash of the event: " + ", ".join(f"{share:.0%} {part}" for part, share in zip(PARTS, SHARES, strict=True))


class Lhco(Dataset):
    """QCD dijets as background, resonances as signals, black boxes as unlabelled events (arXiv:2101.08320).

    Features are the observables of the two jets (arXiv:2011.03550), the heavier jet first. ``aux["m_jj"]`` is the
    dijet mass in GeV, which detectors never see.

    Raises:
        UnknownNameError: no such edition or option.
        UsageError: no such folder, or another split than the data set's own.
        MissingError: the edition is not on this disk.
        DataError: damaged files, or a folder without any that are known.

    Example:
        ``Lhco(DatasetOptions()).unlabelled("bb1").aux["m_jj"]``
    """

    def __init__(self, options: DatasetOptions) -> None:
        super().__init__(options)
        if options.options:
            raise UnknownNameError(f"option of {NAME}", next(iter(options.options)), ())
        self._opened = opened(options)
        self._cache = options.cache or default_cache()
        self._files = Own(self._opened) if self._opened.manifest else Public(self._opened, self._cache)

    @property
    def info(self) -> DatasetInfo:
        """What the data set is."""
        files, edition = self._files, self._opened.edition
        return DatasetInfo(
            name=NAME,
            edition=edition,
            channels=files.channels,
            signals=dict.fromkeys(files.channels, files.signals),
            families=FAMILIES,
            selections=dict.fromkeys(files.channels, files.selection),
            split="hash-50-10-40",
            splits={"hash-50-10-40": _SPLIT},
            summary=SUMMARY,
            doi=DOIS.get(edition, DOIS["folder"]),
            licence=LICENCES.get(edition, LICENCES["folder"]),
            provenance=provenance(self._opened),
            notes=files.notes,
            masses=KINEMATICS[:1],
        )

    def fingerprint(self, channel: str) -> str:
        """Return 32 hex digits that change with any file that the channel needs, and with how it is read."""
        self.info.check_channel(channel)
        hashes = FileHashes(self._cache / "hashes")
        files = {name: hashes.sha256(path) for name, path in self._files.paths(channel).items()}
        return cache_key(reader=READER, split=SHARES, files=files)

    def prepare(self, channel: str) -> None:
        """Convert public files; our own need nothing."""
        self._files.prepare(self.info.check_channel(channel))

    def train(self, channel: str) -> Events:
        """Return background to learn from."""
        return self._files.background(self.info.check_channel(channel), "train")

    def validation(self, channel: str) -> Events:
        """Return background for early stopping."""
        return self._files.background(self.info.check_channel(channel), "validation")

    def background(self, channel: str) -> Events:
        """Return the test background."""
        return self._files.background(self.info.check_channel(channel), "test")

    def signal(self, channel: str, name: str) -> Events:
        """Return the events of a signal; raises UnknownNameError."""
        return self._files.signal(self.info.check_signal(channel, name))

    def unlabelled(self, channel: str) -> Events | None:
        """Return the channel's black box with ids in ``aux["event_id"]``, or None."""
        return self._files.box(self.info.check_channel(channel))

    def key(self, channel: str) -> Array:
        """Return uint8 (n,): 1 for the hidden events of the channel's black box, in its order; for checks only.

        Raises:
            MissingError: there is no key.
        """
        box = self._opened.manifest.get("boxes", {}).get(self.info.check_channel(channel))
        if box is None:
            msg = f"channel {channel} of {NAME} {self._opened.edition} has no key of a black box"
            raise MissingError(msg)
        stored = load_quantised(self._opened.folder / box["key"])
        if "signal" not in stored:
            msg = f"{self._opened.folder / box['key']} is not a key of a black box"
            raise DataError(msg)
        return stored["signal"]
