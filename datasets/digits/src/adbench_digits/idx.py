"""The idx files of MNIST: a magic number, big-endian sizes, then one byte per value; plain or gzip."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adbench.api import DataError, UsageError

__all__ = ["find_pairs", "read_idx", "read_pair"]

Bytes = NDArray[np.uint8]

_UNSIGNED_BYTE = 0x08
_PAIRS = ("train", "t10k")


def find_pairs(folder: Path) -> tuple[list[tuple[Path, Path]], list[str]]:
    """Return the pairs of images and labels in a folder, and the names of files that lack their partner.

    Raises:
        UsageError: there is no folder, or no whole pair in it.
    """
    if not folder.is_dir():
        msg = f"{folder} is not a folder; give one with t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz"
        raise UsageError(msg)
    pairs, alone = [], []
    for part in _PAIRS:
        images, labels = (_plain_or_gzip(folder, f"{part}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
        if images and labels:
            pairs.append((images, labels))
        else:
            alone += [path.name for path in (images, labels) if path]
    if not pairs:
        have = f"; {', '.join(alone)} lacks its partner" if alone else ""
        msg = f"{folder} has no pair such as t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz{have}"
        raise UsageError(msg)
    return pairs, alone


def read_pair(images: Path, labels: Path) -> tuple[Bytes, Bytes]:
    """Return uint8 (n, rows, columns) and uint8 (n,).

    Raises:
        DataError: the two files do not belong together, or a label is not a digit.
    """
    pixels, digits = read_idx(images, 3), read_idx(labels, 1)
    if len(pixels) != len(digits):
        msg = f"{images} has {len(pixels)} images, {labels.name} has {len(digits)} labels"
        raise DataError(msg)
    if len(digits) and digits.max() > 9:
        msg = f"{labels} has the label {digits.max()}; digits are 0 to 9"
        raise DataError(msg)
    return pixels, digits


def read_idx(path: Path, dims: int) -> Bytes:
    """Return the array of an idx file of unsigned bytes.

    Args:
        path: ends in ``.gz`` where it is compressed.
        dims: how many dimensions it has to have.

    Raises:
        DataError: it is damaged, or holds something else.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        msg = f"{path} cannot be read: {error}"
        raise DataError(msg) from error
    head = 4 + 4 * dims
    if len(content) < head or content[:4] != bytes((0, 0, _UNSIGNED_BYTE, dims)):
        msg = f"{path} is no idx file of unsigned bytes in {dims} dimensions"
        raise DataError(msg)
    shape = [int(size) for size in np.frombuffer(content, ">u4", dims, 4)]
    if len(content) - head != math.prod(shape):
        msg = f"{path} has {len(content) - head} values; its head says {' x '.join(map(str, shape))}"
        raise DataError(msg)
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)


def _plain_or_gzip(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)
