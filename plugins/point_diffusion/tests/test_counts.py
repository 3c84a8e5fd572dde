"""Probabilities of kinds: normalised for every number of objects, finite for what was never seen."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from adbench_point_diffusion.counts import KindCounts

KINDS = np.array([[1, 3, 0], [1, 3, 0], [3, 1, 0], [2, 0, 0], [1, 1, 3], [0, 0, 0]])


def table() -> KindCounts:
    return KindCounts.of(KINDS, np.array([1.0, 1.0, 2.0, 1.0, 1.0, 1.0]), 3)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_all_counts_of_a_number_have_probability_one(number: int) -> None:
    sets = list(itertools.combinations_with_replacement([1, 2, 3], number))
    kinds = np.array([[*row, *[0] * (3 - number)] for row in sets], np.int64).reshape(len(sets), 3)
    assert np.exp(table().log_prob(kinds)).sum() == pytest.approx(1)


def test_what_was_seen_is_likelier_and_order_does_not_matter() -> None:
    often, turned, never = table().log_prob(np.array([[1, 3, 0], [3, 1, 0], [2, 2, 0]]))
    assert often == turned
    shares = table().shares
    assert np.exp(often) == pytest.approx((4 + 2 * shares[0] * shares[2]) / 5)
    assert np.exp(never) == pytest.approx(shares[1] ** 2 / 5)


def test_one_kind_is_certain() -> None:
    counts = KindCounts.of(np.array([[1, 1, 0], [1, 0, 0]]), np.ones(2), 1)
    np.testing.assert_allclose(counts.log_prob(np.array([[1, 1, 1], [1, 0, 0], [0, 0, 0]])), 0, atol=1e-12)


def test_draws_follow_the_probabilities() -> None:
    kinds = table().draw(np.full(4000, 2), np.random.default_rng(0), 3)
    assert ((kinds > 0).sum(1) == 2).all()
    share = np.mean((np.sort(kinds, axis=1) == [0, 1, 3]).all(axis=1))
    assert share == pytest.approx(float(np.exp(table().log_prob(KINDS[:1]))[0]), abs=0.03)
