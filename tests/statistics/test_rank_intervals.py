"""Intervals of ranks: invariances, and coverage on toys whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adbench.api.ranking import ScoreTable
from adbench.rankings.average_rank import AVERAGE_RANK
from adbench.rankings.mean import MEAN
from adbench.statistics.draws import cluster_draws, seed_weights
from adbench.statistics.rank_intervals import combine_seeds, rank_intervals


def table(values: np.ndarray, channels: int = 1) -> ScoreTable:
    columns = tuple((str(j % channels), str(j // channels)) for j in range(values.shape[1]))
    return ScoreTable(tuple(f"e{i}" for i in range(len(values))), columns, values)


def test_a_signal_of_several_channels_is_drawn_whole() -> None:
    for chosen in cluster_draws(["x", "y", "x", "z"], 50, np.random.default_rng(1)):
        columns = [column for column, _ in chosen]
        assert columns.count(0) == columns.count(2)
        assert len({copy for _, copy in chosen}) == 3


def test_the_interval_of_the_mean_covers_the_truth() -> None:
    rng = np.random.default_rng(2)
    covered = []
    for _ in range(300):
        drawn = rng.normal(0.6, 0.1, (1, 20))
        (one,) = rank_intervals(table(drawn), MEAN, replicas=100).intervals
        covered.append(one.statistic_low <= 0.6 <= one.statistic_high)
    assert 0.60 < np.mean(covered) < 0.74  # 68 % less what 20 signals cost a percentile bootstrap


def test_few_seeds_spread_as_much_as_they_should() -> None:
    rng = np.random.default_rng(3)
    for seeds in (2, 3, 5):
        weights = seed_weights(seeds, 20_000, rng)
        np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-12)
        values = np.arange(seeds, dtype=float)
        assert np.var(weights @ values) == pytest.approx(np.var(values, ddof=1) / seeds, rel=0.05)
    same = combine_seeds([np.ones((10, 2))] * 3, 10, rng)
    np.testing.assert_allclose(same, 1.0)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), ranking=st.sampled_from([MEAN, AVERAGE_RANK]))
def test_the_order_of_entries_does_not_matter(seed: int, ranking: object) -> None:
    rng = np.random.default_rng(seed)
    first = table(rng.uniform(size=(5, 8)), channels=2)
    order = rng.permutation(5)
    one, other = (rank_intervals(t, ranking, replicas=20) for t in (first, first.rows(order)))  # type: ignore[arg-type]
    assert [i.entry for i in one.intervals] == [i.entry for i in other.intervals]
    assert all(a.low == b.low and a.high == b.high for a, b in zip(one.intervals, other.intervals, strict=True))
    assert all(1 <= i.low <= i.rank <= i.high <= 5 for i in one.intervals)


def test_entries_that_nothing_tells_apart_may_change_places() -> None:
    rng = np.random.default_rng(5)
    found = rank_intervals(table(rng.uniform(size=(4, 12))), MEAN, replicas=300)
    assert sum(one.first for one in found.intervals) == pytest.approx(1.0, abs=1e-9)
    assert any(one.low < one.high for one in found.intervals)
