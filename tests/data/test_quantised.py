from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from adbench.api.errors import DataError
from adbench.data.quantised import Grid, load_quantised, save_quantised

NUMBERS = st.floats(-1e4, 1e4, width=32)


@given(arrays(np.float32, st.integers(0, 40), elements=NUMBERS), st.sampled_from([1e-3, 0.02, 5.0]))
def test_a_number_comes_back_within_half_a_step(values: np.ndarray, step: float) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.npz"
        save_quantised(path, {"x": values}, {"x": Grid(step)})
        found = load_quantised(path)["x"]
    assert found.dtype == np.float32
    assert found.shape == values.shape
    assert np.all(np.abs(found - values) <= 0.5 * step + 1e-3 * step + 1e-7 * np.abs(values))


@given(arrays(np.float32, st.integers(0, 40), elements=st.floats(np.float32(1e-3), 1e4, width=32)))
def test_a_positive_number_comes_back_within_half_a_relative_step(values: np.ndarray) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.npz"
        save_quantised(path, {"x": values}, {"x": Grid(1e-3, logarithmic=True)})
        found = load_quantised(path)["x"]
    assert np.all(np.abs(found / values - 1.0) <= 5.1e-4)


def test_what_has_no_grid_is_kept_as_it_is_and_equal_arrays_give_equal_bytes(tmp_path: Path) -> None:
    content = {"n": np.array([3, 200], np.uint8), "x": np.array([0.5, 2.0])}
    first = save_quantised(tmp_path / "a.npz", content, {"x": Grid(0.5)})
    assert save_quantised(tmp_path / "b.npz", content, {"x": Grid(0.5)}) == first
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    found = load_quantised(tmp_path / "a.npz")
    assert found["n"].dtype == np.uint8
    assert found["n"].tolist() == [3, 200]
    assert found["x"].tolist() == [0.5, 2.0]


@pytest.mark.parametrize(("value", "logarithmic"), [(0.0, True), (-1.0, True), (np.nan, False), (np.inf, False)])
def test_numbers_that_the_grid_cannot_hold_are_refused(tmp_path: Path, value: float, logarithmic: bool) -> None:
    with pytest.raises(ValueError, match="x has numbers"):
        save_quantised(tmp_path / "a.npz", {"x": np.array([1.0, value])}, {"x": Grid(0.1, logarithmic)})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no archive"])
def test_a_missing_or_damaged_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"cannot read .*a\.npz"):
        load_quantised(path)
