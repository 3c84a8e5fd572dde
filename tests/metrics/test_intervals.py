"""Intervals: coverage in repeated experiments, and agreement with a plain bootstrap over sources."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest

from adbench.api import Metric, Scored
from adbench.metrics.auc import AUC
from adbench.metrics.efficiency import SignalEfficiency
from adbench.metrics.improvement import MAX_SI
from adbench.metrics.intervals import share_interval

STANDARD = NormalDist()
Experiment = Callable[[np.random.Generator], tuple[Scored, Scored]]


def gaussians(n: int, m: int, shift: float, decimals: int = 12) -> Experiment:
    def draw(rng: np.random.Generator) -> tuple[Scored, Scored]:
        return Scored.of(rng.normal(size=n).round(decimals)), Scored.of(rng.normal(shift, 1.0, m).round(decimals))

    return draw


def weighted(n: int, m: int, shift: float) -> Experiment:
    """The same Gaussians, drawn 1.3 times as wide and weighted back."""

    def draw(rng: np.random.Generator) -> tuple[Scored, Scored]:
        b, s = rng.normal(0, 1.3, n), rng.normal(shift, 1.3, m)
        return tuple(Scored.of(x, np.exp(-0.5 * (x - mu) ** 2 * (1 - 1.3**-2))) for x, mu in ((b, 0.0), (s, shift)))

    return draw


def copied(n: int, m: int, shift: float, copies: int, correlation: float) -> Experiment:
    """The same Gaussians, each generated event with several copies whose scores resemble each other."""

    def one(rng: np.random.Generator, size: int, mu: float) -> Scored:
        sources = np.repeat(np.arange(size // copies), copies)
        shared, own = rng.normal(size=size // copies)[sources], rng.normal(size=size)
        return Scored.of(mu + np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own, sources=sources)

    return lambda rng: (one(rng, n, 0.0), one(rng, m, shift))


def true_efficiency(efficiency: float, shift: float) -> float:
    return STANDARD.cdf(shift - STANDARD.inv_cdf(1.0 - efficiency))


def true_area(shift: float) -> float:
    return STANDARD.cdf(shift / np.sqrt(2.0))


COVERED = [
    (gaussians(2500, 500, 1.5), SignalEfficiency(1e-2), true_efficiency(1e-2, 1.5)),
    (gaussians(1000, 4000, 2.5), SignalEfficiency(1e-2), true_efficiency(1e-2, 2.5)),  # the threshold dominates
    (gaussians(10_000, 200, 1.5), SignalEfficiency(1e-1), true_efficiency(1e-1, 1.5)),  # the signal dominates
    (gaussians(10_000, 2000, 1.0), SignalEfficiency(1e-3), true_efficiency(1e-3, 1.0)),
    (weighted(2500, 500, 1.5), SignalEfficiency(1e-2), true_efficiency(1e-2, 1.5)),
    (copied(4000, 800, 1.5, 4, 0.9), SignalEfficiency(1e-2), true_efficiency(1e-2, 1.5)),
    (copied(4000, 800, 1.5, 4, 0.3), SignalEfficiency(1e-1), true_efficiency(1e-1, 1.5)),
    (gaussians(2000, 500, 1.5), AUC, true_area(1.5)),
    (gaussians(100, 30, 1.5), AUC, true_area(1.5)),
    (weighted(1000, 300, 1.5), AUC, true_area(1.5)),
    (copied(1000, 400, 1.5, 4, 0.9), AUC, true_area(1.5)),
    (gaussians(10_000, 1000, 1.0), MAX_SI, true_efficiency(1e-2, 1.0) / 0.1),
]


@pytest.mark.parametrize(("experiment", "metric", "truth"), COVERED)
def test_intervals_cover_the_truth_in_68_percent(experiment: Experiment, metric: Metric, truth: float) -> None:
    rng = np.random.default_rng(68)
    intervals = [metric(*experiment(rng)) for _ in range(500)]
    covered = np.mean([estimate.low <= truth <= estimate.high for estimate in intervals])
    below = np.mean([truth < estimate.low for estimate in intervals])
    above = np.mean([truth > estimate.high for estimate in intervals])
    assert covered == pytest.approx(0.68, abs=0.07)  # 0.021 is the standard deviation of 500 experiments
    assert below == pytest.approx(0.16, abs=0.07)
    assert above == pytest.approx(0.16, abs=0.07)


def resampled(sample: Scored, rng: np.random.Generator) -> Scored:
    """One plain bootstrap sample: as many sources as there are, drawn with replacement, with all their events."""
    sources = np.arange(len(sample)) if sample.sources is None else sample.sources
    events_of = np.split(np.argsort(sources, kind="stable"), np.cumsum(np.bincount(sources))[:-1])
    drawn = rng.integers(0, len(events_of), len(events_of))
    rows = np.concatenate([events_of[i] for i in drawn])
    return Scored.of(sample.scores[rows], sample.weights[rows])


@pytest.mark.parametrize("metric", [AUC, SignalEfficiency(1e-1), SignalEfficiency(2e-2)], ids=lambda m: m.name)
@pytest.mark.parametrize(
    "experiment",
    [
        gaussians(2000, 400, 1.5),
        gaussians(2000, 400, 1.5, decimals=1),
        weighted(2000, 400, 1.5),
        copied(2000, 400, 1.5, 4, 0.8),
    ],
    ids=["plain", "ties", "weights", "copies"],
)
def test_closed_form_is_a_bootstrap_over_sources(experiment: Experiment, metric: Metric) -> None:
    rng = np.random.default_rng(1)
    background, signal = experiment(rng)
    estimate = metric(background, signal)
    values = [metric(resampled(background, rng), resampled(signal, rng)).value for _ in range(300)]
    width = np.diff(np.quantile(values, [0.1587, 0.8413]))[0]
    assert estimate.high - estimate.low == pytest.approx(width, rel=0.2)  # 0.07 is the bootstrap's own uncertainty
    assert estimate.low == pytest.approx(np.quantile(values, 0.1587), abs=0.2 * width)


def test_copies_of_one_event_do_not_sharpen_a_figure() -> None:
    rng = np.random.default_rng(2)
    b, s = rng.normal(size=2000), rng.normal(1.5, 1.0, 400)
    once = Scored.of(b), Scored.of(s)
    copied_thrice = (
        Scored.of(np.repeat(b, 3), sources=np.repeat(np.arange(2000), 3)),
        Scored.of(np.repeat(s, 3), sources=np.repeat(np.arange(400), 3)),
    )
    for metric in (AUC, SignalEfficiency(1e-1), SignalEfficiency(1e-2)):
        one, other = metric(*once), metric(*copied_thrice)
        assert other.value == pytest.approx(one.value, abs=2e-3)
        assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.05)


def test_area_interval_is_delongs() -> None:
    rng = np.random.default_rng(4)
    b, s = rng.normal(size=60).round(1), rng.normal(1.0, 1.0, 25).round(1)
    kernel = (s[:, None] > b) + 0.5 * (s[:, None] == b)
    area = kernel.mean()
    variance = kernel.mean(axis=1).var(ddof=1) / 25 + kernel.mean(axis=0).var(ddof=1) / 60
    estimate = AUC(Scored.of(b), Scored.of(s))
    assert (estimate.low, estimate.high) == pytest.approx(share_interval(area, area * (1 - area) / variance))
    assert estimate.high - estimate.low == pytest.approx(2 * np.sqrt(variance), rel=0.02)


@pytest.mark.parametrize("number", [20, 400])
def test_none_or_all_passing_leaves_one_side_open(number: int) -> None:
    background = Scored.of(np.arange(1000.0))
    none = SignalEfficiency(0.1)(background, Scored.of(np.zeros(number)))
    assert none.value == none.low == 0.0
    assert 0.5 / number < none.high < 2.0 / number
    everything = SignalEfficiency(0.1)(background, Scored.of(np.full(number, 2000.0)))
    assert everything.value == everything.high == 1.0
    assert 0.5 / number < 1.0 - everything.low < 2.0 / number


def test_perfect_separation_leaves_one_side_open() -> None:
    perfect = AUC(Scored.of(np.arange(500.0)), Scored.of(np.arange(1000.0, 1040.0)))
    assert perfect.value == perfect.high == 1.0
    assert 0.5 / 40 < 1.0 - perfect.low < 2.0 / 40
    reversed_ = AUC(Scored.of(np.arange(1000.0, 1040.0)), Scored.of(np.arange(500.0)))
    assert reversed_.value == reversed_.low == 0.0
    assert reversed_.high == pytest.approx(1.0 - perfect.low)


@pytest.mark.parametrize(("passing", "number"), [(3, 50), (25, 50), (48, 50), (100, 1000)])
def test_share_interval_is_near_the_exact_binomial_one(passing: int, number: int) -> None:
    from scipy.stats import beta

    low, high = share_interval(passing / number, number)
    jeffreys = beta.ppf([STANDARD.cdf(-1), STANDARD.cdf(1)], passing + 0.5, number - passing + 0.5)
    assert (low, high) == pytest.approx(tuple(jeffreys), abs=0.1 * (jeffreys[1] - jeffreys[0]))


def test_an_area_of_hardly_any_overlap_says_that_its_interval_is_too_short() -> None:
    background = Scored.of(np.arange(1000.0))
    few = AUC(background, Scored.of([*np.arange(2000.0, 2009.0), 985.5]))  # one of ten, above 986 of 1,000
    assert few.note == "interval too short: less than one event lies on the wrong side"
    assert AUC(background, Scored.of(np.arange(500.0, 1500.0))).note == ""
    assert AUC(background, Scored.of([2000.0, 3000.0])).note == ""  # no overlap: the interval is that of a share
