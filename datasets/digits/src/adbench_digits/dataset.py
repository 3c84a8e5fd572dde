"""The data set: scikit-learn's digits, or MNIST from a folder of idx files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api import Dataset, DatasetInfo, DatasetOptions, Events, EventSchema, Quantity, UnknownNameError
from adbench.data.cache import cache_key
from adbench_digits.channels import CHANNELS
from adbench_digits.idx import find_pairs, read_pair

__all__ = ["Digits"]

_READER = 2  # raise it when the same files give other events
_PARTS = {"train": (0, 5), "validation": (5, 6), "test": (6, 10)}  # of ten places in file order, digit by digit


class Digits(Dataset):
    """Images as features, one number in [0, 1] per pixel; ``aux["label"]`` is the digit, which detectors never see.

    Raises:
        UnknownNameError: no such edition, split or option.
        UsageError: the folder has no pair of idx files.
        DataError: the files are damaged.

    Example:
        ``Digits(DatasetOptions()).train("bkg5")``
    """

    def __init__(self, options: DatasetOptions) -> None:
        super().__init__(options)
        if options.options:
            raise UnknownNameError("option of digits", next(iter(options.options)), ())
        if options.split is not None:
            raise UnknownNameError("split of digits", options.split, (), "none: there is one")
        if options.edition not in (None, "sample"):
            raise UnknownNameError("edition of digits", options.edition, ("sample",))
        self._pairs, self._alone = ([], []) if options.data is None else find_pairs(options.data)
        self._all: Events | None = None

    @property
    def info(self) -> DatasetInfo:
        """What the data set is."""
        ours = self.options.data is None
        notes = [f"{name} lacks its partner and is not used." for name in self._alone]
        if ours:
            notes.append(
                "Each training image and each prior is shown five times: as it is, and shifted by a pixel to each "
                "side; what is tested is never shifted."
            )
        return DatasetInfo(
            name="digits",
            edition="sample" if ours else "folder",
            channels=tuple(CHANNELS),
            proxies={name: (f"proxy_{c.proxy}",) for name, c in CHANNELS.items() if c.proxy is not None},
            signals={name: channel.signals for name, channel in CHANNELS.items()},
            selections={name: channel.words for name, channel in CHANNELS.items()},
            split="5:1:4",
            splits={"5:1:4": "of each ten images of the background in file order: 5 train, 1 validation, 4 test"},
            summary="handwritten digits, one of them background (arXiv:2011.03550, section 2)",
            doi=("10.24432/C50P49",) if ours else (),
            licence="CC BY 4.0" if ours else "as published",
            provenance=("optical recognition of handwritten digits, as scikit-learn has it",)
            if ours
            else tuple(images.name for images, _ in self._pairs),
            notes=tuple(notes),
        )

    def fingerprint(self, channel: str) -> str:
        """Return 32 hex digits that change with any pixel or label."""
        self.info.check_channel(channel)
        events = self._images()
        digest = hashlib.sha256(events.features.tobytes() + events.aux["label"].tobytes()).hexdigest()
        return cache_key(reader=_READER, images=digest, shape=list(events.features.shape), shifted=not self._pairs)

    def train(self, channel: str) -> Events:
        """Return background to learn from."""
        return self._shown(self._background(channel, "train"))

    def validation(self, channel: str) -> Events:
        """Return background for early stopping."""
        return self._background(channel, "validation")

    def background(self, channel: str) -> Events:
        """Return the test background."""
        return self._background(channel, "test")

    def signal(self, channel: str, name: str) -> Events:
        """Return the images of a digit; raises UnknownNameError."""
        return self._digit(int(self.info.check_signal(channel, name).removeprefix("digit_")))

    def priors(self, channel: str) -> Mapping[str, Events]:
        """Return what is known beforehand: halves of the signals, or the images of the channel's proxy."""
        chosen = CHANNELS[self.info.check_channel(channel)]
        if chosen.proxy is None:
            return {name: self._shown(events) for name, events in super().priors(channel).items()}
        proxy, other = self._digit(chosen.proxy), self._digit(0)
        kept = round(len(proxy) * chosen.percent / 100)
        mixture = Events.concatenate([proxy[:kept], other[: len(proxy) - kept]])
        return {f"proxy_{chosen.proxy}": self._shown(mixture)}

    def _background(self, channel: str, part: str) -> Events:
        events = self._digit(CHANNELS[self.info.check_channel(channel)].background)
        first, end = _PARTS[part]
        place = np.arange(len(events)) % 10
        return events[(place >= first) & (place < end)]

    def _digit(self, digit: int) -> Events:
        events = self._images()
        return events[events.aux["label"] == digit]

    def _images(self) -> Events:
        if self._all is None:
            self._all = _events(*(_bundled() if not self._pairs else _read(self._pairs)))
        return self._all

    def _shown(self, events: Events) -> Events:
        """Return images to learn from: those of the default set, which are few, also shifted by a pixel each way."""
        return events if self._pairs else _shifted(events)


def _bundled() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    return np.asarray(digits.images / 16, np.float32), np.asarray(digits.target, np.uint8)


def _read(pairs: list[tuple[Path, Path]]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    images, labels = zip(*(read_pair(*pair) for pair in pairs), strict=True)
    return np.asarray(np.concatenate(images) / 255, np.float32), np.concatenate(labels)


def _events(images: NDArray[np.float32], labels: NDArray[np.uint8]) -> Events:
    n, rows, columns = images.shape
    schema = EventSchema((), (), tuple(Quantity(f"pixel_{r}_{c}") for r in range(rows) for c in range(columns)))
    place = np.arange(n, dtype=np.int64)
    aux: dict[str, NDArray[Any]] = {"label": labels, "row": place, "source": place}
    return Events.build(schema, np.zeros((n, 0, 0)), np.zeros((n, 0)), images.reshape(n, -1), aux=aux)


def _shifted(events: Events) -> Events:
    side = int(np.sqrt(events.features.shape[1]))
    images = events.features.reshape(-1, side, side)
    wide = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    corners = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))
    copies = [wide[:, r : r + side, c : c + side].reshape(len(events), -1) for r, c in corners]
    everything = Events.concatenate([events] * len(corners))
    return Events.build(
        events.schema,
        everything.objects,
        everything.kinds,
        np.concatenate(copies),
        weights=everything.weights,
        aux=everything.aux,
    )
