"""Probabilities of patterns and kinds: normalised, finite for what was never seen, alike for alike arrangements."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from adbench_surjective_flow.labels import KindTuples, Patterns, arrangements, pattern_of
from hypothesis import given, settings
from hypothesis import strategies as st

JETS = np.array([False, True, True, False])
KINDS = np.array([[1, 3, 0], [1, 3, 0], [3, 1, 0], [2, 0, 0], [1, 1, 3], [0, 0, 0]])


def all_tuples(slots: int, n_kinds: int) -> np.ndarray:
    """Return every tuple of up to `slots` objects."""
    rows = [
        [*row, *[0] * (slots - number)]
        for number in range(slots + 1)
        for row in itertools.product(range(1, n_kinds + 1), repeat=number)
    ]
    return np.array(rows, np.int64)


@given(st.lists(st.lists(st.integers(1, 3), max_size=3), min_size=1, max_size=12), st.booleans(), st.floats(0.1, 5))
@settings(max_examples=40, deadline=None)
def test_both_tables_are_normalised(rows: list[list[int]], shuffled: bool, smoothing: float) -> None:
    kinds = np.array([[*row, *[0] * (3 - len(row))] for row in rows])
    weights = np.ones(len(kinds))
    log_p = Patterns(3, JETS, shuffled, smoothing).log_prob(kinds, weights)
    assert np.exp(log_p).sum() == pytest.approx(1)
    tuples = KindTuples.of(kinds, weights, 3, shuffled, smoothing)
    assert np.exp(tuples.log_prob(all_tuples(3, 3))).sum() == pytest.approx(1)


def test_a_pattern_tells_number_and_jets() -> None:
    assert pattern_of(KINDS, JETS).tolist() == [3 + 1, 3 + 1, 3 + 2, 1 + 1, 7 + 3, 0]
    assert pattern_of(KINDS, np.zeros(4, bool)).tolist() == [3, 3, 3, 1, 7, 0]
    assert len(set(pattern_of(all_tuples(3, 2), np.array([False, True, False])))) == 2**4 - 1


def test_without_jets_only_numbers_have_a_probability() -> None:
    log_p = Patterns(3, np.zeros(4, bool), False, 1.0).log_prob(KINDS, np.ones(6))
    assert np.isfinite(log_p).sum() == 4
    assert np.exp(log_p[np.isfinite(log_p)]).sum() == pytest.approx(1)


def test_an_unseen_tuple_is_surprising_and_finite() -> None:
    for shuffled in (False, True):
        tuples = KindTuples.of(KINDS, np.ones(6), 3, shuffled, 1.0)
        seen, unseen = tuples.log_prob(np.array([[1, 3, 0], [2, 2, 2]]))
        assert np.isfinite(unseen)
        assert unseen < seen - 2


def test_arrangements_of_a_set_are_alike_where_the_order_is_random() -> None:
    tuples = KindTuples.of(KINDS, np.ones(6), 3, True, 1.0)
    one, other = tuples.log_prob(np.array([[1, 3, 0], [3, 1, 0]]))
    assert one == other
    assert np.exp(one) == pytest.approx(3 / 2 / 7, rel=0.1)  # three of six events and a seventh to smooth, two orders
    assert arrangements(np.array([[1, 1, 3], [1, 2, 3], [2, 0, 0], [0, 0, 0]]), 3).tolist() == [3, 6, 1, 1]


def test_weights_count() -> None:
    tuples = KindTuples.of(KINDS, np.array([5.0, 1, 1, 1, 1, 1]), 3, False, 1.0)
    heavy, light = np.exp(tuples.log_prob(np.array([[1, 3, 0], [3, 1, 0]])))
    assert heavy / light == pytest.approx(6, rel=0.15)


def test_draws_follow_the_table() -> None:
    tuples = KindTuples.of(KINDS, np.ones(6), 3, False, 2.0)
    drawn = tuples.draw(40_000, np.random.default_rng(0), 3)
    every = all_tuples(3, 3)
    expected = np.exp(tuples.log_prob(every))
    codes = {tuple(row): i for i, row in enumerate(every)}
    found = np.bincount([codes[tuple(row)] for row in drawn], minlength=len(every)) / len(drawn)
    assert np.abs(found - expected).max() < 5 * np.sqrt(0.25 / 40_000)
