"""Ranks and what ties get."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from adbench.rankings.ranks import better_ranks, final_order, midranks

# Values with many ties and whole steps between them: a monotone map keeps them apart.
tables = st.tuples(st.integers(1, 12), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-4, 4).map(float))
)


@settings(deadline=None)
@given(tables)
def test_ranks_are_scipys(values: np.ndarray) -> None:
    np.testing.assert_array_equal(better_ranks(values), rankdata(-values, method="min", axis=0))
    np.testing.assert_array_equal(midranks(values), rankdata(-values, method="average", axis=0))


def test_an_infinite_figure_is_the_best_or_the_worst() -> None:
    order, ranks = final_order(np.array([80.0, np.inf, 10.0, -np.inf]), list("abcd"), higher_is_better=True)
    assert order.tolist() == [1, 0, 2, 3]
    assert ranks.tolist() == [1, 2, 3, 4]
    order, _ = final_order(np.array([80.0, np.inf, 10.0]), list("abc"), higher_is_better=False)
    assert order.tolist() == [2, 0, 1]


@settings(deadline=None)
@given(tables)
def test_midranks_share_the_places_among_all(values: np.ndarray) -> None:
    n = len(values)
    np.testing.assert_allclose(midranks(values).sum(axis=0), n * (n + 1) / 2)
    for ranks in (midranks(values), better_ranks(values)):
        assert ranks.min() >= 1
        assert ranks.max() <= n


@settings(deadline=None)
@given(tables)
def test_only_the_order_of_values_matters(values: np.ndarray) -> None:
    for rank in (midranks, better_ranks):
        np.testing.assert_array_equal(rank(values), rank(np.exp(values)))
        np.testing.assert_array_equal(rank(values), rank(3.0 * values - 7.0))


def test_final_order_by_hand() -> None:
    order, ranks = final_order(np.array([0.5, 0.9, 0.5, 0.1]), ["z", "y", "a", "b"], higher_is_better=True)
    assert order.tolist() == [1, 2, 0, 3]  # 'a' stands before 'z'
    assert ranks.tolist() == [1, 2, 2, 4]
    order, ranks = final_order(np.array([0.5, 0.9, 0.5, 0.1]), ["z", "y", "a", "b"], higher_is_better=False)
    assert order.tolist() == [3, 2, 0, 1]
    assert ranks.tolist() == [1, 2, 2, 4]


def test_rounding_in_a_sum_decides_nothing() -> None:
    tied = np.array([0.1 + 0.2, 0.3, 0.3 + 1e-9])
    assert tied[0] != tied[1]
    order, ranks = final_order(tied, ["b", "a", "c"], higher_is_better=True)
    assert order.tolist() == [2, 1, 0]
    assert ranks.tolist() == [1, 2, 2]


def test_tiny_statistics_are_told_apart() -> None:
    _, ranks = final_order(np.array([0.0, 3e-15, -2e-15, 1e300]), list("abcd"), higher_is_better=True)
    assert ranks.tolist() == [1, 2, 3, 4]
