"""Parquet and ROOT tables: the same events from both, and each mistake named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adbench.api import DataError, EventSchema, Kind, MissingError, Quantity, UnknownNameError, UsageError
from adbench.data.tables import is_table, read_table

pyarrow = pytest.importorskip("pyarrow", reason="needs the extra tables: pip install -c constraints.txt -e '.[tables]'")
uproot = pytest.importorskip("uproot", reason="needs the extra tables: pip install -c constraints.txt -e '.[tables]'")
import awkward  # noqa: E402  comes with uproot
import pyarrow.parquet as parquet  # noqa: E402

SCHEMA = EventSchema(
    (Quantity("pt", "GeV"), Quantity("phi", "rad", periodic=True)),
    (Kind("j", jet=True), Kind("e-")),
    (Quantity("met", "GeV"),),
)
COLUMNS: dict[str, Any] = {
    "met": [10.0, 20.0, 30.0],
    "pt": [[50.0, 90.0], [], [40.0]],
    "phi": [[0.1, -0.2], [], [3.0]],
    "kind": [["j", "e-"], [], ["j"]],
    "other": [1, 2, 3],
}


def as_parquet(path: Path, columns: dict[str, Any]) -> Path:
    parquet.write_table(pyarrow.table(columns), path)
    return path


def as_root(path: Path, columns: dict[str, Any], trees: tuple[str, ...] = ("events",)) -> Path:
    codes = {"j": 1, "e-": 2}
    numbers = {name: column for name, column in columns.items() if name != "kind"}
    with uproot.recreate(path) as file:
        for tree in trees:
            kinds = awkward.values_astype(awkward.Array([[codes[k] for k in event] for event in columns["kind"]]), int)
            file[tree] = {name: awkward.Array(column) for name, column in numbers.items()} | {"kind": kinds}
    return path


@pytest.mark.parametrize("write", [as_parquet, as_root])
def test_both_formats_give_the_events_hardest_first(write: Any, tmp_path: Path) -> None:
    events = read_table(write(tmp_path / ("x.parquet" if write is as_parquet else "x.root"), COLUMNS), SCHEMA)
    assert events.object("pt").tolist() == [[90, 50], [0, 0], [40, 0]]
    assert events.kinds.tolist() == [[2, 1], [0, 0], [1, 0]]
    assert events.feature("met").tolist() == [10, 20, 30]
    assert np.allclose(events.object("phi")[0], [-0.2, 0.1])
    assert events.aux["row"].tolist() == [0, 1, 2]
    assert events.weights.tolist() == [1, 1, 1]


def test_without_kinds_all_objects_are_of_the_first_and_weights_are_read(tmp_path: Path) -> None:
    columns = {name: COLUMNS[name] for name in ("met", "pt", "phi")} | {"weight": [0.5, 1.0, 2.0]}
    events = read_table(as_parquet(tmp_path / "x.parquet", columns), SCHEMA)
    assert events.kinds.tolist() == [[1, 1], [0, 0], [1, 0]]
    assert events.weights.tolist() == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"met": None}, UnknownNameError, "column of x.parquet 'met'"),
        ({"phi": [[0.1], [], [3.0]]}, DataError, "event 0: 'phi' and 'pt' have lists of different length"),
        ({"pt": [1.0, 2.0, 3.0]}, DataError, "'pt' holds one number per event"),
        ({"met": [[1.0], [2.0], [3.0]]}, DataError, "'met' should hold one number per event"),
        ({"met": [1.0, float("nan"), 3.0]}, DataError, "'met' is NaN, missing or infinite 1 times"),
        ({"met": ["a", "b", "c"]}, DataError, "'met' does not hold numbers"),
        ({"kind": [["j", "tau"], [], ["j"]]}, UnknownNameError, "kind of object 'tau'"),
        ({"kind": [[1, 3], [], [1]]}, DataError, "codes from 1 to 3; there are 1 to 2"),
        ({"kind": [["j"], [], ["j"]]}, DataError, "event 0: 'kind' has another length"),
        ({"kind": ["j", "j", "j"]}, DataError, "'kind' holds one value per event; expected a list"),
    ],
)
def test_a_mistake_is_named(change: dict[str, Any], error: type[Exception], words: str, tmp_path: Path) -> None:
    columns = {name: column for name, column in {**COLUMNS, **change}.items() if column is not None}
    with pytest.raises(error, match=words):
        read_table(as_parquet(tmp_path / "x.parquet", columns), SCHEMA)


def test_events_of_features_alone_have_no_objects(tmp_path: Path) -> None:
    schema = EventSchema((), (), (Quantity("met", "GeV"),))
    events = read_table(as_parquet(tmp_path / "x.parquet", {"met": COLUMNS["met"]}), schema)
    assert events.objects.shape == (3, 1, 0)
    assert not events.kinds.any()
    assert events.feature("met").tolist() == [10, 20, 30]


def test_files_that_are_none_or_hold_several_trees(tmp_path: Path) -> None:
    for suffix in (".parquet", ".root"):
        with pytest.raises(MissingError, match="is not there"):
            read_table(tmp_path / f"absent{suffix}", SCHEMA)
        (tmp_path / f"damaged{suffix}").write_bytes(b"nonsense" * 20)
        with pytest.raises(DataError, match=r"no (Parquet|ROOT) file"):
            read_table(tmp_path / f"damaged{suffix}", SCHEMA)
    two = as_root(tmp_path / "two.root", COLUMNS, ("first", "second"))
    with pytest.raises(UsageError, match=r"holds 2 trees \(first, second\); name one"):
        read_table(two, SCHEMA)
    assert len(read_table(Path(f"{two}:second"), SCHEMA)) == 3
    with pytest.raises(UnknownNameError, match=r"tree of two\.root 'third'"):
        read_table(Path(f"{two}:third"), SCHEMA)
    assert is_table(Path("a.root:tree"))
    assert is_table(Path("b.parquet"))
    assert not is_table(Path("c.csv"))
