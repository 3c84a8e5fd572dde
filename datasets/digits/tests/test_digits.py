"""Digits: who is background, who is known, that copies stay in training, and idx files right and wrong."""

from __future__ import annotations

import contextlib
import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from adbench_digits.channels import CHANNELS
from adbench_digits.dataset import Digits
from adbench_digits.idx import read_idx
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import DataError, DatasetOptions, UnknownNameError, UsageError
from adbench.testing.reference import reference_data

PAPER = "bkg5_proxy7_anomaly9"


def written(path: Path, values: np.ndarray) -> Path:
    head = bytes((0, 0, 8, values.ndim)) + struct.pack(f">{values.ndim}I", *values.shape)
    content = head + values.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def folder(path: Path, n: int = 200, part: str = "t10k", end: str = ".gz") -> Path:
    rng = np.random.default_rng(1)
    written(path / f"{part}-images-idx3-ubyte{end}", rng.integers(0, 256, (n, 4, 4)))
    written(path / f"{part}-labels-idx1-ubyte{end}", np.arange(n) % 10)
    return path


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_background_is_one_digit_in_three_parts_that_share_no_image(channel: str) -> None:
    digits, wanted = Digits(DatasetOptions()), CHANNELS[channel]
    parts = [digits.train(channel), digits.validation(channel), digits.background(channel)]
    assert all(set(part.aux["label"]) == {wanted.background} for part in parts)
    sources = [set(part.aux["source"]) for part in parts]
    assert sum(map(len, sources)) == len(set.union(*sources))
    assert len(parts[0]) == 5 * len(sources[0])
    assert len(parts[2]) == len(sources[2])
    assert f"digit_{wanted.background}" not in digits.info.signals[channel]


def test_the_proxy_is_known_and_the_anomaly_is_not() -> None:
    digits = Digits(DatasetOptions())
    assert digits.info.signals[PAPER] == ("digit_9",)
    (prior,) = digits.priors(PAPER).values()
    assert set(prior.aux["label"]) == {7}
    assert set(digits.signal(PAPER, "digit_9").aux["label"]) == {9}
    with pytest.raises(UnknownNameError, match="digit_7"):
        digits.signal(PAPER, "digit_7")


@pytest.mark.parametrize("percent", [75, 50, 25, 10, 0])
def test_a_diluted_proxy_has_its_share_of_sevens(percent: int) -> None:
    digits = Digits(DatasetOptions())
    (prior,) = digits.priors(f"bkg5_proxy7x{percent}_anomaly9").values()
    (whole,) = digits.priors(PAPER).values()
    assert set(prior.aux["label"]) <= {0, 7}
    assert np.mean(prior.aux["label"] == 7) == pytest.approx(percent / 100, abs=0.01)
    assert len(whole) - len(prior) <= 5  # there is one 0 less than there are sevens


def test_without_a_proxy_half_of_each_other_digit_is_known() -> None:
    digits = Digits(DatasetOptions())
    priors = digits.priors("bkg5")
    assert set(priors) == set(digits.info.signals["bkg5"])
    assert len(priors) == 9
    assert all(len(events) >= 200 for events in priors.values())


def test_copies_are_the_image_moved_by_a_pixel() -> None:
    digits = Digits(DatasetOptions())
    events = digits.train("bkg5")
    images = events.features.reshape(5, -1, 8, 8)
    assert np.array_equal(images[1][:, 1:, :], images[0][:, :-1, :])
    assert np.array_equal(images[4][:, :, :-1], images[0][:, :, 1:])
    assert not images[1][:, 0].any()
    assert np.array_equal(events.aux["source"].reshape(5, -1)[3], events.aux["source"].reshape(5, -1)[0])


@pytest.mark.parametrize("end", ["", ".gz"])
def test_idx_files_are_read_and_not_shifted(tmp_path: Path, end: str) -> None:
    digits = Digits(DatasetOptions(data=folder(tmp_path, end=end)))
    events = digits.train("bkg5")
    assert len(events) == 10
    assert events.features.shape[1] == 16
    assert 0.9 < events.features.max() <= 1
    more = Digits(DatasetOptions(data=folder(tmp_path, 100, "train", end)))
    assert len(more.train("bkg5")) == 15
    assert more.fingerprint("bkg5") != digits.fingerprint("bkg5")


def test_wrong_folders_and_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        Digits(DatasetOptions(data=tmp_path / "none"))
    written(tmp_path / "train-labels-idx1-ubyte", np.arange(5))
    with pytest.raises(UsageError, match="train-labels-idx1-ubyte lacks its partner"):
        Digits(DatasetOptions(data=tmp_path))
    folder(tmp_path)
    digits = Digits(DatasetOptions(data=tmp_path))
    assert any("lacks its partner" in note for note in digits.info.notes)
    written(tmp_path / "t10k-labels-idx1-ubyte.gz", np.arange(199) % 10)
    with pytest.raises(DataError, match=r"200 images, .* 199 labels"):
        digits.train("bkg5")
    written(tmp_path / "t10k-labels-idx1-ubyte.gz", np.full(200, 11))
    with pytest.raises(DataError, match="label 11"):
        digits.train("bkg5")
    with pytest.raises(UnknownNameError):
        Digits(DatasetOptions(edition="mnist"))
    with pytest.raises(UnknownNameError):
        Digits(DatasetOptions(split="k-folds"))


@given(content=st.binary(max_size=40))
def test_any_bytes_are_an_array_or_an_error(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "some-idx"
    for start in (b"", bytes((0, 0, 8, 1)), bytes((0, 0, 8, 1, 0, 0, 0, 3))):
        path.write_bytes(start + content)
        with contextlib.suppress(DataError):  # anything else that is raised fails the test
            values = read_idx(path, 1)
            assert values.tobytes() == path.read_bytes()[8:]


def test_a_cut_gzip_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "t10k-labels-idx1-ubyte.gz", np.arange(100))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="cannot be read"):
        read_idx(path, 1)


def test_the_test_images_of_mnist() -> None:
    images = reference_data("mnist/t10k-images-idx3-ubyte.gz")
    digits = Digits(DatasetOptions(data=images.parent))
    parts = [digits.train("bkg5"), digits.validation("bkg5"), digits.background("bkg5")]
    assert sum(map(len, parts)) == 892
    assert parts[0].features.shape[1] == 784
    assert len(digits.signal(PAPER, "digit_9")) == 1009


def test_only_where_all_are_known_are_signals_halved() -> None:
    info = Digits(DatasetOptions()).info
    assert info.proxies[PAPER] == tuple(Digits(DatasetOptions()).priors(PAPER))
    assert info.halved(PAPER) == ()
    assert info.halved("bkg5") == info.signals["bkg5"]
