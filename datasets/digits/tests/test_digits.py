"""Digits: parts, signals, the idx format and its damages, a run from end to end."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from adbench_digits.dataset import Digits
from adbench_digits.idx import read_idx, read_pair

from adbench.api import DataError, DatasetOptions, MissingError, UnknownNameError
from adbench.testing.reference import reference_data


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def test_parts_share_no_image_and_signals_are_other_digits() -> None:
    data = Digits(DatasetOptions())
    parts = [data.train("5"), data.validation("5"), data.background("5")]
    rows = [set(part.aux["row"].tolist()) for part in parts]
    assert sum(map(len, rows)) == len(set.union(*rows)) == 182
    assert all(len(part) > 15 for part in parts)
    assert data.info.signals["5"] == tuple(f"digit_{d}" for d in "012346789")
    seven = data.signal("5", "digit_7")
    assert not set(seven.aux["row"].tolist()) & set.union(*rows)
    assert 0 <= float(seven.features.min()) <= float(seven.features.max()) <= 1
    assert seven.features.shape == (179, 64)
    with pytest.raises(UnknownNameError):
        data.signal("5", "digit_5")
    assert data.fingerprint("5") == Digits(DatasetOptions()).fingerprint("7")


def test_idx_files_are_read_plain_and_compressed(tmp_path: Path) -> None:
    images = np.arange(2 * 3 * 3).reshape(2, 3, 3)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(images))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.array([5, 7])))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.array([5, 5]))))
    read, labels = read_pair(tmp_path)
    assert read.shape == (4, 3, 3)
    assert labels.tolist() == [5, 5, 5, 7]
    data = Digits(DatasetOptions(data=tmp_path))
    assert data.info.edition == "mnist"
    assert data.signal("5", "digit_7").features.shape == (1, 9)


@pytest.mark.parametrize("content", [b"", b"\0\0\x0d\x01" + bytes(8), idx(np.zeros((2, 3, 3)))[:-1], b"nonsense"])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DataError, match="x: "):
        read_idx(tmp_path / "x")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="train-images-idx3-ubyte"):
        read_pair(tmp_path)
    with pytest.raises(MissingError, match="--data DIR"):
        Digits(DatasetOptions(edition="mnist"))
    with pytest.raises(UnknownNameError):
        Digits(DatasetOptions(edition="emnist"))


def test_real_mnist_files_are_read() -> None:
    data = Digits(DatasetOptions(data=reference_data("mnist")))
    assert data.signal("5", "digit_7").features.shape[1] == 784
