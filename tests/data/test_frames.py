"""Both forms of pandas' HDF5 tables: built as PyTables lays them out, and a real file where there is one."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adbench.api.errors import DataError, MissingError
from adbench.data.frames import open_frame
from adbench.testing import reference_data

h5py = pytest.importorskip("h5py", reason="h5py of an extra [hdf5] is not installed")
ROWS = 7


def fixed(path: Path, group: str = "df") -> Path:
    with h5py.File(path, "w") as file:
        made = file.create_group(group)
        made.attrs.update({"pandas_type": np.bytes_("frame"), "nblocks": 2})
        made["block0_items"] = np.array([b"px", b"m"])
        made["block0_values"] = np.arange(2.0 * ROWS).reshape(ROWS, 2)
        made["block1_items"] = np.array([b"label"])
        made["block1_values"] = np.arange(ROWS, dtype=np.int64)[:, None] % 2
    return path


def appendable(path: Path, names: Any = (["E_0", "PX_0"], ["is_signal_new"])) -> Path:
    kind = np.dtype([("index", "<i8"), ("values_block_0", "<f4", (2,)), ("values_block_1", "<i8", (1,))])
    rows = np.zeros(ROWS, kind)
    rows["values_block_0"] = np.arange(2 * ROWS).reshape(ROWS, 2)
    rows["values_block_1"][:, 0] = np.arange(ROWS) % 2
    with h5py.File(path, "w") as file:
        made = file.create_group("table")
        made.attrs["pandas_type"] = np.bytes_("frame_table")
        made["table"] = rows
        made["table"].attrs["index_kind"] = np.bytes_("integer")
        for i, block in enumerate(names):
            made["table"].attrs[f"values_block_{i}_kind"] = np.bytes_(pickle.dumps(block, 0))
    return path


@pytest.mark.parametrize(
    ("make", "names"), [(fixed, ("px", "m", "label")), (appendable, ("E_0", "PX_0", "is_signal_new"))]
)
def test_columns_by_name_in_any_order_and_in_pieces(tmp_path: Path, make: Any, names: tuple[str, ...]) -> None:
    with open_frame(make(tmp_path / "a.h5"), "x") as frame:
        assert (len(frame), frame.names) == (ROWS, names)
        whole = frame.columns((names[2], names[0]), 0, 100)
        assert whole[:, 0].tolist() == [0, 1, 0, 1, 0, 1, 0]
        assert whole[:, 1].tolist() == [0, 2, 4, 6, 8, 10, 12]
        pieces = list(frame.pieces((names[2], names[0]), 3))
    assert [len(piece) for piece in pieces] == [3, 3, 1]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match=r"a\.h5 has no column mass; it has px, m, label"),
        open_frame(fixed(tmp_path / "a.h5"), "x") as frame,
    ):
        frame.columns(("mass",), 0, 1)


def test_names_that_are_more_than_texts_are_not_unpickled(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "touched",))

    path = appendable(tmp_path / "a.h5", ([Evil(), "PX_0"], ["label"]))
    with pytest.raises(DataError, match="a list of column names holds"), open_frame(path, "x"):
        pass
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("content", [None, b"", b"\x89HDF\r\n\x1a\n damaged"])
def test_a_missing_or_damaged_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.h5"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"cannot read .*a\.h5"), open_frame(path, "x"):
        pass


def test_a_file_without_a_table_is_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(DataError, match=r"holds 0 tables of pandas \(x\)"), open_frame(tmp_path / "a.h5", "x"):
        pass


def test_without_h5py_the_command_that_brings_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fixed(tmp_path / "a.h5")
    monkeypatch.setitem(sys.modules, "h5py", None)
    fix = r"a\.h5 is HDF5, which needs h5py: pip install -c constraints.txt -e 'datasets/jets\[hdf5\]'"
    with pytest.raises(MissingError, match=fix), open_frame(path, "datasets/jets[hdf5]"):
        pass


@pytest.mark.parametrize("plugin", [True, False])
def test_a_file_in_an_unknown_compression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plugin: bool) -> None:
    path = fixed(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        del file["df/block0_values"]
        made = file["df"].create_dataset(
            "block0_values", (ROWS, 2), "f8", chunks=(ROWS, 2), compression=299, allow_unknown_filter=True
        )
        made.id.write_direct_chunk((0, 0), b"x" * 20)
    monkeypatch.setitem(sys.modules, "hdf5plugin", sys if plugin else None)
    expected = (DataError, r"cannot read .*a\.h5") if plugin else (MissingError, r"needs hdf5plugin: pip install")
    with pytest.raises(expected[0], match=expected[1]), open_frame(path, "datasets/jets[hdf5]") as frame:
        frame.columns(("px",), 0, ROWS)


def test_a_real_file_of_pandas() -> None:
    with open_frame(reference_data("lhco", "scalars_bkg01.h5"), "x") as frame:
        assert len(frame) == 9128
        assert {"mjj", "tau1_1", "mass_2"} <= set(frame.names)
        mjj, pt = frame.columns(("mjj", "pt_1"), 0, len(frame)).T
    assert 1500 < mjj.min() < mjj.max() < 13000
    assert pt.min() > 1200
