"""How often the 68 % intervals hold the truth, on toys whose truth is known: ``python studies/coverage.py [TOYS]``.

Figures: background scores are Gaussian around 0, signal scores around a shift, both of width 1, so AUC = Phi(shift /
sqrt 2) and eps_S at eps_B is the upper tail of the shifted Gaussian. With copies, each generated event is stored twice.
Ranks: entries have true means; each signal adds what is hard for all, and a part of its own for each entry. The true
rank is that of the true means, which is what the entry would have on endlessly many signals.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Metric, Scored
from adbench.api.ranking import Ranking, ScoreTable
from adbench.leaderboard.comparing import LEVEL
from adbench.leaderboard.gathering import average
from adbench.metrics.auc import AUC
from adbench.metrics.efficiency import SignalEfficiency
from adbench.metrics.improvement import MAX_SI
from adbench.metrics.working_point import WORKING_POINTS
from adbench.rankings.average_rank import AVERAGE_RANK
from adbench.rankings.mean import MEAN
from adbench.statistics.pairwise import compare_pairs
from adbench.statistics.rank_intervals import rank_intervals

Floats = NDArray[np.float64]
NORMAL = NormalDist()
SIZES = ((1000, 200), (5000, 1000), (20_000, 5000))
SHIFTS = (0.5, 2.0)
EVEN = 1.73  # where the significance improves as much at 1e-2 as at 1e-3, and the larger of both is taken
FEW = ((2000, 10, 4.07), (2000, 50, 4.07), (2000, 200, 4.07), (2000, 30, 3.0), (2000, 100, 3.0))  # hardly any overlap
TRAININGS = 0.1  # standard deviation of the shift over seeds
NEEDED = 10


def main(toys: int = 1000) -> None:
    print("| figure | background | signal | true value | covered | below | above |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, background, signal, truth, intervals in cases(toys):
        print(f"| {name} | {background:,} | {signal:,} | {truth:.3g} | {row(truth, intervals)} |")
    print("\n| rank by | step of the true means | signals | covered | length |")
    print("| --- | ---: | ---: | ---: | ---: |")
    many = max(20, toys // 5)
    for ranking in (MEAN, AVERAGE_RANK):
        for step in (0.02, 0.005):
            for signals in (8, 19, 34):
                covered, length = ranks(ranking, step, signals, many)
                print(f"| {ranking.name} | {step} | {signals} | {percent(covered, many)} | {length:.1f} |")
    print("\n| compared by | signals | any false claim among 28 pairs |")
    print("| --- | ---: | ---: |")
    for ranking in (MEAN, AVERAGE_RANK):
        for signals in (8, 19, 34):
            print(f"| {ranking.name} | {signals} | {percent(false_claims(ranking, signals, toys), toys)} |")


def row(truth: float, intervals: list[tuple[float, float]]) -> str:
    """Return how many intervals hold the truth, and how many lie below and above it, in percent."""
    low, high = np.array(intervals).T
    covered, n = float(np.mean((low <= truth) & (truth <= high))), len(low)
    return f"{percent(covered, n)} | {100 * np.mean(high < truth):.0f} | {100 * np.mean(low > truth):.0f}"


def percent(share: float, n: int) -> str:
    return f"{100 * share:.1f} ± {100 * np.sqrt(share * (1 - share) / n):.1f} %"


def cases(toys: int) -> Iterator[tuple[str, int, int, float, list[tuple[float, float]]]]:
    """Yield name, numbers of events, truth and the intervals of all toys."""
    for n_background, n_signal in SIZES:
        for shift in SHIFTS:
            for label, metric, truth in figures(shift, n_background):
                yield label, n_background, n_signal, truth, intervals(metric, shift, n_background, n_signal, toys)
    n_background, n_signal = SIZES[2]
    *_, (label, metric, truth) = figures(EVEN, n_background)
    yield f"{label}, even at both points", n_background, n_signal, truth, intervals(metric, EVEN, *SIZES[2], toys)
    for n_background, n_signal, shift in FEW:
        truth = NORMAL.cdf(shift / 2**0.5)
        yield (
            "AUC, few signal events",
            n_background,
            n_signal,
            truth,
            intervals(AUC, shift, n_background, n_signal, toys),
        )
    n_background, n_signal = SIZES[1]
    for label, metric, truth in figures(SHIFTS[1], n_background // 2):
        found = intervals(metric, SHIFTS[1], n_background // 2, n_signal // 2, toys, copies=2)
        yield f"{label}, two copies of each event", n_background, n_signal, truth, found
    for seeds in (2, 3, 5):
        drawn = np.random.default_rng(0).normal(SHIFTS[0], TRAININGS, 200_000)
        truth = float(np.mean([NORMAL.cdf(shift / 2**0.5) for shift in drawn]))
        found = [of_seeds(seeds, n_background, n_signal, toy) for toy in range(toys)]
        yield f"AUC, mean of {seeds} seeds", n_background, n_signal, truth, found


def figures(shift: float, n_background: int) -> Iterator[tuple[str, Metric, float]]:
    """Yield the figures that so much background can measure, with their true values."""
    yield "AUC", AUC, NORMAL.cdf(shift / 2**0.5)
    measured = [point for point in WORKING_POINTS if point * n_background >= NEEDED]
    for point in measured:
        yield f"ε_S at {point:g}", SignalEfficiency(point), efficiency(shift, point)
    if len(measured) > 1:
        yield "max SI", MAX_SI, max(efficiency(shift, point) / point**0.5 for point in measured)


def efficiency(shift: float, point: float) -> float:
    return 1.0 - NORMAL.cdf(NORMAL.inv_cdf(1.0 - point) - shift)


def intervals(
    metric: Metric, shift: float, n_background: int, n_signal: int, toys: int, copies: int = 1
) -> list[tuple[float, float]]:
    """Return the interval of each toy; the same toys for every metric."""
    found = []
    for toy in range(toys):
        rng = np.random.default_rng([toy, n_background])
        estimate = metric(
            sample(rng.normal(0, 1, n_background), copies), sample(rng.normal(shift, 1, n_signal), copies)
        )
        found.append((estimate.low, estimate.high))
    return found


def sample(scores: Floats, copies: int) -> Scored:
    n = len(scores)
    return Scored(np.tile(scores, copies), np.ones(n * copies), np.tile(np.arange(n), copies))


def of_seeds(seeds: int, n_background: int, n_signal: int, toy: int) -> tuple[float, float]:
    """Return the interval of the mean over trainings that differ in their shift and see the same events."""
    rng = np.random.default_rng([toy, 1])
    background, signal = rng.normal(0, 1, n_background), rng.normal(0, 1, n_signal)
    shifts = rng.normal(SHIFTS[0], TRAININGS, seeds)
    cell = average(
        {seed: AUC(sample(background, 1), sample(signal + d, 1)) for seed, d in enumerate(shifts)}, AUC.limits
    )
    return cell.low, cell.high


def false_claims(ranking: Ranking, signals: int, toys: int) -> float:
    """Return the share of toys in which any of 8 entries without a true difference are told apart."""
    claims = 0
    for toy in range(toys):
        found = rank_intervals(toy_table(np.full(8, 0.8), signals, toy), ranking, replicas=100, seed=toy)
        statistics = np.array([one.statistic for one in found.intervals])
        claims += any(pair.adjusted < LEVEL for pair in compare_pairs(statistics, found.statistics, signals))
    return claims / toys


def toy_table(means: Floats, signals: int, toy: int) -> ScoreTable:
    """Return figures of entries: their true mean, what makes the signal hard for all, and a part of their own."""
    rng = np.random.default_rng([toy, signals])
    values = means[:, None] + rng.normal(0, 0.1, signals) + rng.normal(0, 0.06, (len(means), signals))
    columns = tuple(("1", f"s{j}") for j in range(signals))
    return ScoreTable(tuple(f"e{i}" for i in range(len(means))), columns, values)


def ranks(ranking: Ranking, step: float, signals: int, toys: int) -> tuple[float, float]:
    """Return the share of intervals of ranks that hold the true rank, and how many of 8 ranks they span on average."""
    held, lengths = [], []
    for toy in range(toys):
        found = rank_intervals(toy_table(0.85 - step * np.arange(8.0), signals, toy), ranking, replicas=200, seed=toy)
        for i in range(8):
            one = found.of(f"e{i}")
            if one is not None:
                held.append(one.low <= i + 1 <= one.high)
                lengths.append(one.high - one.low + 1)
    return float(np.mean(held)), float(np.mean(lengths))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
