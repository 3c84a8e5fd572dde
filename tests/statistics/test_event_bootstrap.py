"""The bootstrap of events against one that repeats events and measures each replica anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adbench.api.metric import Scored
from adbench.metrics.auc import AUC
from adbench.metrics.efficiency import signal_efficiency_at
from adbench.metrics.roc import signal_efficiency
from adbench.metrics.sample import ordered
from adbench.statistics.draws import numbered_sources, source_draws
from adbench.statistics.event_bootstrap import AREA, Pair, replicate


def drawn(sample: Scored, seed: list[int], replicas: int) -> list[Scored]:
    """Return the replicas of a sample as samples whose weights are multiplied with the draws."""
    (numbers,), n = numbered_sources([sample])
    counts = np.concatenate(list(source_draws(n, replicas, np.random.default_rng(seed))))
    return [Scored(sample.scores, sample.weights * row[numbers], sample.sources) for row in counts]


def toys(rng: np.random.Generator, n: int, *, ties: bool, copies: bool, weights: bool) -> Pair:
    def sample(size: int, shift: float) -> Scored:
        scores = rng.normal(shift, 1.0, size)
        return Scored.of(
            np.round(scores, 1) if ties else scores,
            rng.uniform(0.5, 2.0, size) if weights else None,
            np.sort(rng.integers(0, size // 2, size)) if copies else None,
        )

    return Pair(sample(n, 0.0), sample(n // 2, 1.0))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("copies", [False, True])
@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("point", [0.01, 0.1, 0.5])
def test_efficiencies_are_those_of_repeated_events(ties: bool, copies: bool, weights: bool, point: float) -> None:
    pair = toys(np.random.default_rng(3), 400, ties=ties, copies=copies, weights=weights)
    found = replicate([pair], [point], 25, [7, 8])[:, 0, 0]
    backgrounds, signals = drawn(pair.background, [0, 7], 25), drawn(pair.signal, [1, 7, 8], 25)
    expected = [
        float(signal_efficiency(ordered(b, "background"), ordered(s, "signal"), np.array([point]))[0])
        for b, s in zip(backgrounds, signals, strict=True)
    ]
    np.testing.assert_allclose(found, expected, atol=2e-5)


@pytest.mark.parametrize("copies", [False, True])
def test_areas_are_those_of_repeated_events_to_first_order(copies: bool) -> None:
    pair = toys(np.random.default_rng(4), 400, ties=True, copies=copies, weights=True)
    found = replicate([pair], [AREA], 50, [7, 8])[:, 0, 0]
    pairs = zip(drawn(pair.background, [0, 7], 50), drawn(pair.signal, [1, 7, 8], 50), strict=True)
    expected = np.array([AUC(b, s).value for b, s in pairs])
    assert np.std(found - expected) < 3.0 / (2.0 * np.sqrt(400 * 200))  # copies double the neglected term, and weights
    assert np.std(found - expected) < 0.15 * np.std(expected)


def test_the_spread_is_that_of_the_closed_form() -> None:
    pair = toys(np.random.default_rng(5), 4000, ties=False, copies=False, weights=False)
    found = replicate([pair], [AREA, 0.05], 400, [1, 1])[:, 0]
    for place, metric in ((0, AUC), (1, signal_efficiency_at("0.05"))):
        estimate = metric(pair.background, pair.signal)
        assert np.std(found[:, place]) == pytest.approx((estimate.high - estimate.low) / 2.0, rel=0.15)
        assert np.mean(found[:, place]) == pytest.approx(estimate.value, abs=0.5 * (estimate.high - estimate.low))


def test_detectors_share_their_draws() -> None:
    pair = toys(np.random.default_rng(6), 500, ties=False, copies=False, weights=False)
    better = Pair(pair.background, Scored.of(pair.signal.scores + 0.01))
    found = replicate([pair, pair, better], [AREA, 0.1], 100, [1, 2])
    np.testing.assert_array_equal(found[:, 0], found[:, 1])
    assert np.std(found[:, 2, 0] - found[:, 0, 0]) < 0.1 * np.std(found[:, 0, 0])
    assert np.all(found[:, 2] >= found[:, 0])


def test_signals_of_a_channel_share_their_background() -> None:
    rng = np.random.default_rng(8)
    background = Scored.of(rng.normal(size=300))
    exact = Pair(background, Scored.of(np.full(200, 1.0)))  # no fluctuation of the signal
    first, second = (replicate([exact], [AREA], 50, [3, signal])[:, 0, 0] for signal in (0, 1))
    np.testing.assert_allclose(first, second, atol=1e-6)
    assert np.std(first) > 0.0
    assert not np.allclose(first, replicate([exact], [AREA], 50, [4, 0])[:, 0, 0], atol=1e-4)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    scale=st.sampled_from([1e-3, 1.0, 1e3]),
    point=st.sampled_from([AREA, 0.02, 0.3]),
    replicas=st.integers(1, 30),
)
def test_only_the_order_of_scores_counts(seed: int, scale: float, point: float, replicas: int) -> None:
    pair = toys(np.random.default_rng(seed), 60, ties=True, copies=False, weights=False)
    mapped = Pair(*(Scored.of(np.exp(sample.scores) * scale) for sample in (pair.background, pair.signal)))
    found = replicate([pair, mapped], [point], replicas, [seed, 1])
    np.testing.assert_allclose(found[:, 0], found[:, 1], atol=1e-6)
    assert np.all((found >= 0.0) & (found <= 1.0))


def test_blocks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = toys(np.random.default_rng(9), 100, ties=True, copies=True, weights=True)
    whole = replicate([pair], [AREA, 0.1], 20, [1, 2])
    monkeypatch.setattr("adbench.statistics.draws._BYTES", 4 * 7 * 50)
    np.testing.assert_allclose(replicate([pair], [AREA, 0.1], 20, [1, 2]), whole, atol=1e-6)


def test_samples_are_aligned_by_their_sources() -> None:
    rng = np.random.default_rng(10)
    names, scores = np.arange(100), rng.normal(1.0, 1.0, 100)
    background = Scored.of(rng.normal(size=200))
    whole = Pair(background, Scored.of(scores, sources=names))
    shuffled = rng.permutation(100)
    found = replicate(
        [whole, Pair(background, Scored.of(scores[shuffled], sources=names[shuffled]))], [AREA, 0.1], 40, [1, 2]
    )
    np.testing.assert_allclose(found[:, 0], found[:, 1], atol=1e-6)
