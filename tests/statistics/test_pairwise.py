"""Pairwise comparisons: corrections and tails against independent calculations, and false claims on toys."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from adbench.api.errors import UsageError
from adbench.api.ranking import ScoreTable
from adbench.rankings.mean import MEAN
from adbench.statistics.pairwise import compare_pairs, holm, letters, student_tails
from adbench.statistics.pareto import pareto_front
from adbench.statistics.rank_intervals import rank_intervals


@pytest.mark.parametrize("freedom", [1, 2, 5, 18, 200])
def test_tails_are_those_of_students_t(freedom: int) -> None:
    t = np.array([0.0, 0.3, 1.0, 2.5, 6.0, np.inf])
    np.testing.assert_allclose(student_tails(t, freedom), 2 * stats.t.sf(t, freedom), rtol=1e-4, atol=1e-12)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_holms_probabilities_reject_what_his_steps_reject(values: list[float]) -> None:
    p, level = np.array(values), 0.05
    left = set(range(len(p)))
    rejected = set()
    for i in sorted(left, key=lambda i: p[i]):  # the procedure as it is told: step down until one fails
        if p[i] * (len(p) - len(rejected)) >= level:
            break
        rejected.add(i)
    assert {i for i, q in enumerate(holm(p)) if q < level} == rejected
    assert np.all(holm(p) >= p)


@given(st.integers(1, 8), st.data())
def test_entries_share_a_letter_exactly_where_they_are_not_told_apart(k: int, data: st.DataObject) -> None:
    pairs = list(combinations(range(k), 2))
    apart = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    found = letters(k, apart)
    assert all(found)
    for i, j in pairs:
        assert bool(set(found[i]) & set(found[j])) == ((i, j) not in apart)


def test_equal_entries_are_seldom_told_apart_and_different_ones_are() -> None:
    rng = np.random.default_rng(4)
    columns = tuple(("1", str(j)) for j in range(20))
    false = 0
    for toy in range(150):
        hard = rng.normal(0.7, 0.1, 20)  # what makes a signal hard is common to all
        values = hard + rng.normal(0.0, 0.02, (4, 20))
        table = ScoreTable(("a", "b", "c", "d"), columns, values)
        found = rank_intervals(table, MEAN, replicas=100, seed=toy)
        statistics = np.array([one.statistic for one in found.intervals])
        false += any(one.adjusted < 0.05 for one in compare_pairs(statistics, found.statistics, 20))
    assert false / 150 < 0.11  # 5 % and two standard deviations
    values[0] += 0.05
    found = rank_intervals(ScoreTable(("a", "b", "c", "d"), columns, values), MEAN, replicas=100)
    pairs = compare_pairs(np.array([one.statistic for one in found.intervals]), found.statistics, 20)
    assert [(one.first, one.second) for one in pairs if one.adjusted < 0.05] == [(0, 1), (0, 2), (0, 3)]


def test_one_signal_has_no_spread() -> None:
    with pytest.raises(UsageError, match="over signals, of which 1"):
        compare_pairs(np.array([0.9, 0.8]), np.zeros((5, 2)), 1)


def test_no_difference_is_never_told_apart() -> None:
    (same,) = compare_pairs(np.array([0.5, 0.5]), np.full((9, 2), 0.5), 10)
    (sure,) = compare_pairs(np.array([0.6, 0.5]), np.tile([0.6, 0.5], (9, 1)), 10)
    assert (same.p, sure.p) == (1.0, pytest.approx(0.0, abs=1e-12))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_the_front_is_what_nobody_beats(points: list[tuple[int, int]]) -> None:
    front = pareto_front(np.array([c for c, _ in points], float), np.array([s for _, s in points], float))
    for (cost, score), on_front in zip(points, front, strict=True):
        beaten = any(c <= cost and s >= score and (c, s) != (cost, score) for c, s in points)
        assert on_front == (not beaten)
