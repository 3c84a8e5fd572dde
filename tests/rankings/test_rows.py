"""Figures in rows and as a table."""

from __future__ import annotations

import numpy as np
import pytest

from adbench.api import DataError, ScoreTable
from adbench.rankings.rows import Rows


def rows(*cells: tuple[str, str, str, float]) -> Rows:
    entries, channels, signals, values = (list(part) for part in zip(*cells, strict=True))
    names = (np.array(part, dtype=object) for part in (entries, channels, signals))
    return Rows(*names, np.array(values), "auc")


def test_rows_become_a_table_in_order_of_first_appearance() -> None:
    table = rows(("b", "2a", "x", 0.3), ("a", "2a", "x", 0.1), ("b", "1", "z", 0.4)).table()
    assert table.entries == ("b", "a")
    assert table.columns == (("1", "z"), ("2a", "x"))
    np.testing.assert_array_equal(table.values, [[0.4, 0.3], [np.nan, 0.1]])


def test_a_table_becomes_rows_and_a_table_again() -> None:
    table = ScoreTable(("b", "a"), (("1", "x"), ("2a", "x")), np.array([[0.1, np.nan], [0.3, 0.4]]), "auc")
    there = Rows.of(table)
    assert len(there) == 3
    back = there.table()
    assert (back.entries, back.columns, back.figure) == (table.entries, table.columns, table.figure)
    np.testing.assert_array_equal(back.values, table.values)


def test_parts_are_joined_in_order() -> None:
    joined = Rows.concatenate([rows(("b", "1", "x", 0.3)), rows(("a", "1", "x", 0.1))])
    assert joined.entries.tolist() == ["b", "a"]
    assert joined.values.tolist() == [0.3, 0.1]


def test_two_values_for_one_cell_are_refused() -> None:
    with pytest.raises(DataError, match="entry 'a' has 2 values of auc for x in channel 1"):
        rows(("b", "1", "x", 0.3), ("a", "1", "x", 0.1), ("a", "1", "x", 0.2)).table()
