"""Digits: channel ``5`` has fives as background and each other digit as a signal.

Source of the exercise: Park et al., arXiv:2011.03550, section 4: background 5, proxy 7, anomaly 9.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adbench.api import (
    Dataset,
    DatasetInfo,
    DatasetOptions,
    Events,
    EventSchema,
    MissingError,
    Quantity,
    UnknownNameError,
)
from adbench_digits.idx import read_pair

__all__ = ["Digits"]

_DIGITS = tuple("0123456789")
_PARTS = {"train": (0, 60), "validation": (60, 75), "test": (75, 100)}  # percent of a digit's images


class Digits(Dataset):
    """Images as event features, brightness from 0 to 1, row by row; there are no objects."""

    def __init__(self, options: DatasetOptions) -> None:
        super().__init__(options)
        edition = options.edition or ("mnist" if options.data is not None else "sample")
        if edition not in ("sample", "mnist"):
            raise UnknownNameError("edition of digits", edition, ["sample", "mnist"])
        if edition == "mnist" and options.data is None:
            msg = "edition mnist of digits is read from files of yours: --data DIR with train-images-idx3-ubyte.gz"
            raise MissingError(msg)
        self._edition = edition

    @property
    def info(self) -> DatasetInfo:
        """What the data set is."""
        bundled = self._edition == "sample"
        return DatasetInfo(
            name="digits",
            edition=self._edition,
            channels=_DIGITS,
            signals={digit: tuple(f"digit_{other}" for other in _DIGITS if other != digit) for digit in _DIGITS},
            selections={digit: f"images of the digit {digit}" for digit in _DIGITS},
            split="hash-60-15-25",
            splits={"hash-60-15-25": "hash of the image: 60% train, 15% validation, 25% test"},
            summary="handwritten digits, one of them background",
            doi=("10.24432/C50P49",) if bundled else (),
            licence="CC BY 4.0 (UCI, bundled with scikit-learn)" if bundled else "that of the files",
            provenance=("scikit-learn's load_digits, 1,797 images, 8 x 8",) if bundled else (str(self.options.data),),
            notes=(
                "a signal is all images of its digit: no channel learns from them but as priors, which are never measured",
            ),
        )

    def fingerprint(self, channel: str) -> str:
        """Return a hash of all images and labels."""
        self.info.check_channel(channel)
        return _loaded(self._edition, self.options.data)[2]

    def train(self, channel: str) -> Events:
        """Return background to learn from."""
        return self._part(self.info.check_channel(channel), "train")

    def validation(self, channel: str) -> Events:
        """Return background for early stopping."""
        return self._part(self.info.check_channel(channel), "validation")

    def background(self, channel: str) -> Events:
        """Return the test background."""
        return self._part(self.info.check_channel(channel), "test")

    def signal(self, channel: str, name: str) -> Events:
        """Return the images of another digit: all of them, because no channel learns from them but as priors."""
        digit = self.info.check_signal(channel, name).removeprefix("digit_")
        return self._part(digit, "all")

    def _part(self, digit: str, part: str) -> Events:
        images, labels, _ = _loaded(self._edition, self.options.data)
        rows = np.flatnonzero(labels == int(digit))
        place = _percent(images[rows])
        low, high = _PARTS.get(part, (0, 100))
        chosen = rows[(place >= low) & (place < high)]
        size = images.shape[1]
        schema = EventSchema((), (), tuple(Quantity(f"pixel_{i // size}_{i % size}") for i in range(size * size)))
        pixels = images[chosen].reshape(len(chosen), -1) / np.float32(images.max())
        empty = np.zeros((len(chosen), 0, 0), np.float32)
        aux = {"row": chosen.astype(np.int64), "source": chosen.astype(np.int64)}
        return Events.build(schema, empty, np.zeros((len(chosen), 0), np.int8), pixels, aux=aux)


def _percent(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return a number from 0 to 99 for each image, from its content."""
    digests = [hashlib.sha256(np.ascontiguousarray(image).tobytes()).digest()[:8] for image in images]
    return np.array([int.from_bytes(digest, "little") % 100 for digest in digests], np.int64)


@functools.lru_cache(maxsize=2)
def _loaded(edition: str, folder: Path | None) -> tuple[NDArray[np.uint8], NDArray[np.int64], str]:
    """Return images, labels and a hash of both."""
    if edition == "sample":
        from sklearn.datasets import load_digits

        found = load_digits()
        images, labels = found.images.astype(np.uint8), found.target
    else:
        images, labels = read_pair(Path(folder or ""))
    digest = hashlib.sha256(images.tobytes() + labels.astype(np.int64).tobytes()).hexdigest()[:32]
    return images, labels.astype(np.int64), digest
