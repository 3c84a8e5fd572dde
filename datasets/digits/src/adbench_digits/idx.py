"""The idx format of MNIST: big-endian headers in front of bytes, plain or compressed.

Source: LeCun, Cortes, Burges, the description of the files beside MNIST.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError, MissingError

__all__ = ["read_idx", "read_pair"]

_BYTES = 0x08  # the type of the numbers: unsigned bytes


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Return the array of a file.

    Raises:
        DataError: it is damaged, cut short, or holds other numbers than bytes.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        msg = f"{path}: cannot be read: {error}"
        raise DataError(msg) from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _BYTES:
        msg = f"{path}: no idx file of bytes: it begins with {content[:4].hex()}, expected 000008"
        raise DataError(msg)
    dims = content[3]
    shape = tuple(np.frombuffer(content, ">u4", dims, 4).tolist()) if len(content) >= 4 + 4 * dims else ()
    expected = 4 + 4 * dims + int(np.prod(shape, dtype=np.int64))
    if not shape or len(content) != expected:
        msg = f"{path}: has {len(content)} bytes, its header says {expected}"
        raise DataError(msg)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dims).reshape(shape)


def read_pair(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return images, (n, height, width), and labels, (n,), of all ``*images*`` files of a folder and their labels.

    Raises:
        MissingError: the folder has no images, or none with labels.
        DataError: a file is damaged, or images and labels differ in number.
    """
    names = sorted(path for path in folder.glob("*images*idx3*") if path.is_file())
    images, labels = [], []
    for path in names:
        label = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
        if not label.exists():
            continue
        images.append(read_idx(path))
        labels.append(read_idx(label))
        if images[-1].ndim != 3 or labels[-1].ndim != 1 or len(images[-1]) != len(labels[-1]):
            msg = f"{path} holds {images[-1].shape}, {label.name} {labels[-1].shape}: expected as many labels as images"
            raise DataError(msg)
    if not images:
        msg = f"no images with labels in {folder}; expected train-images-idx3-ubyte and train-labels-idx1-ubyte (.gz)"
        raise MissingError(msg)
    return np.concatenate(images), np.concatenate(labels)
