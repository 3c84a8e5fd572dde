"""Error bars of figures where events are copies of one generated event: as wide as the independent events allow."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from adbench.api.metric import Scored
from adbench.leaderboard.board import build_board
from adbench.leaderboard.plots import draw
from adbench.leaderboard.plots.correlation import correlations
from adbench.leaderboard.plots.histogram import shares
from adbench.leaderboard.plots.processes import selected_share, wilson
from adbench.leaderboard.plots.request import Request

EDGES = np.linspace(-4.0, 4.0, 9)


def copied(sample: Scored, times: int) -> Scored:
    """Return a sample in which each event is there several times."""
    sources = np.repeat(np.arange(len(sample)), times)
    return Scored(np.repeat(sample.scores, times), np.repeat(sample.weights, times), sources)


def test_shares_and_errors_are_those_of_a_weighted_histogram() -> None:
    rng = np.random.default_rng(1)
    sample = Scored(np.append(rng.normal(0.0, 2.0, 500), EDGES), rng.uniform(0.5, 2.0, 500 + len(EDGES)))
    inside, weights = np.clip(sample.scores, EDGES[0], EDGES[-1]), sample.weights
    share, error = shares(sample, EDGES)
    np.testing.assert_allclose(share, np.histogram(inside, EDGES, weights=weights)[0] / weights.sum())
    squared = np.histogram(inside, EDGES, weights=weights**2)[0]
    np.testing.assert_allclose(error, np.sqrt(squared) / weights.sum())


def test_copies_do_not_make_a_histogram_more_precise() -> None:
    sample = Scored.of(np.random.default_rng(2).normal(size=300))
    known, again = shares(sample, EDGES), shares(copied(sample, 4), EDGES)
    np.testing.assert_allclose(again, known)


def test_copies_in_other_bins_are_independent_there() -> None:
    _, error = shares(Scored.of([0.5, 1.5], sources=[3, 3]), np.array([0.0, 1.0, 2.0]))
    np.testing.assert_allclose(error, [0.5, 0.5])


def test_copies_do_not_make_a_selected_share_more_precise() -> None:
    chances, weights = np.repeat([1.0, 0.25, 0.0], 4), np.repeat([1.0, 1.0, 2.0], 4)
    share, number = selected_share(chances, weights, np.repeat([5, 6, 7], 4))
    assert share == pytest.approx(1.25 / 4.0)
    assert number == pytest.approx(4.0**2 / 6.0)
    low, high = wilson(share * number, number)
    assert low < share < high


def test_the_precision_of_a_correlation_is_that_of_independent_events(pretend: Any) -> None:
    for name in ("a", "b"):
        samples = pretend.samples("2a", len(name), 1.0, ("score",), 1000, 100)
        copies = dataclasses.replace(samples["background"], sources=np.repeat(np.arange(500), 2))
        pretend.run(name, "2a", samples=samples | {"background": copies})
    request = Request("correlation", build_board(pretend.store), tuple(pretend.store))
    found = correlations(request, list(request.board.entries))
    assert (found.events, found.effective) == (1000, 500.0)
    assert found.half_width == pytest.approx(1.03 / math.sqrt(497.0))
    title = " ".join(draw(request).get_suptitle().split())
    assert "1,000 test background events, as good as 500 independent ones; 68 % intervals at most ±0.046" in title


def test_the_precision_of_a_correlation_without_copies_is_that_of_all_events(pretend: Any) -> None:
    for name in ("a", "b"):
        pretend.run(name, "2a", n_background=1000)
    title = draw(Request("correlation", build_board(pretend.store), tuple(pretend.store))).get_suptitle()
    assert "1,000 test background events; 68 % intervals at most ±0.033" in title
