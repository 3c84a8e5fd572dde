from __future__ import annotations

import numpy as np
import pytest

from adbench.api import DataError, Scored, ScoreTable

TABLE = ScoreTable(
    entries=("a", "b"),
    columns=(("1", "stop"), ("1", "gluino"), ("2a", "stop")),
    values=np.array([[0.9, 0.8, np.nan], [0.5, 0.6, 0.7]]),
)


def test_views():
    np.testing.assert_allclose(TABLE.coverage, [2 / 3, 1.0])
    assert TABLE.rows(np.array([False, True])).entries == ("b",)
    np.testing.assert_array_equal(TABLE.rows(np.array([1, 0])).values[0], [0.5, 0.6, 0.7])
    assert TABLE.channel("1").columns == (("1", "stop"), ("1", "gluino"))
    np.testing.assert_array_equal(TABLE.channel("2a").values[1], [0.7])
    assert ScoreTable(("a",), (), np.zeros((1, 0))).coverage.tolist() == [0.0]


def test_direction():
    lower = ScoreTable(TABLE.entries, TABLE.columns, TABLE.values, "rank", higher_is_better=False)
    np.testing.assert_array_equal(lower.oriented(), -TABLE.values)
    np.testing.assert_array_equal(TABLE.oriented(), TABLE.values)


def test_wrong_tables_are_refused():
    with pytest.raises(DataError, match="2 entries x 3 columns"):
        ScoreTable(TABLE.entries, TABLE.columns, np.zeros((2, 2)))
    with pytest.raises(DataError, match="repeats"):
        ScoreTable(("a", "a"), TABLE.columns, TABLE.values)
    with pytest.raises(DataError, match="repeats"):
        ScoreTable(TABLE.entries, (("1", "stop"),) * 3, TABLE.values)


def test_scored_takes_any_numbers():
    sample = Scored.of([1, 2, 3], sources=[0, 0, 1])
    assert len(sample) == 3
    assert sample.scores.dtype == np.float64
    np.testing.assert_array_equal(sample.weights, 1.0)
    assert sample.sources.dtype == np.int64
    assert sample.folds is None
