"""Entries of a board: the runs of one detector with one set of parameters, seeds averaged in every cell.

How a cell is averaged over seeds: its value is the mean. All seeds scored the same events, so their statistical
intervals fluctuate together: half-widths are averaged, not divided by the root of their number. The standard error of
the mean over seeds is added in quadrature, and the interval ends where those of all seeds end. The spread over seeds,
a standard deviation, is kept beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from adbench.api.metric import Estimate, Metric
from adbench.leaderboard.cache import EstimateCache
from adbench.leaderboard.cells import measure_run
from adbench.leaderboard.selection import Selection
from adbench.runs.key import canonical_json
from adbench.runs.store import StoredRun

__all__ = ["Cell", "Column", "Entry", "Gap", "Standing", "average", "gather"]

Column = tuple[str, str]
"""A channel and a signal of it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one entry on one signal.

    Attributes:
        value: the mean over seeds; NaN where there is none.
        low: lower end of the 68 % interval.
        high: upper end of the 68 % interval.
        note: why the figure is special, or why there is none.
        measured: False where too few background events stand behind it.
        by_seed: the value of each seed.
    """

    value: float
    low: float
    high: float
    note: str = ""
    measured: bool = True
    by_seed: Mapping[int, float] = field(default_factory=dict)

    @property
    def seeds(self) -> int:
        """Number of seeds behind the value."""
        return len(self.by_seed)

    @property
    def spread(self) -> float:
        """Standard deviation over seeds; NaN for fewer than two."""
        return standard_deviation(self.by_seed.values())


@dataclass(frozen=True, slots=True)
class Gap:
    """Runs of an entry that gave no scores.

    Attributes:
        channel: the channel.
        seeds: the seeds; empty where nothing was ever run.
        reason: status and reason of the stored runs, or ``not run``.
    """

    channel: str
    seeds: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entry stands by one metric.

    Attributes:
        value: the ranking's statistic; NaN where the entry is not ranked.
        rank: its rank; None where it is not ranked.
        low: lower end of its interval, when the intervals of all the entry's cells fluctuate together.
        high: upper end of it.
        spread: standard deviation of the statistic over seeds; NaN for fewer than two.
    """

    value: float = math.nan
    rank: int | None = None
    low: float = math.nan
    high: float = math.nan
    spread: float = math.nan


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a board.

    Attributes:
        name: name on the board.
        detector: name of the detector.
        score: name of the score.
        source: ``run`` for a stored run of ours.
        supervision: its class.
        cells: the cell of each column, by name of the metric.
        gaps: runs without scores, and why.
        keys: keys of the runs with scores.
        seeds: seeds of the runs with scores.
        fit_seconds: mean time of a fit; NaN where it is not known.
        coverage: share of the board's columns in which it has scores.
        standings: where it stands, by name of the metric.
    """

    name: str
    detector: str
    score: str
    source: str
    supervision: str
    cells: Mapping[Column, Mapping[str, Cell]]
    gaps: tuple[Gap, ...] = ()
    keys: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    fit_seconds: float = math.nan
    coverage: float = 0.0
    standings: Mapping[str, Standing] = field(default_factory=dict)


def gather(
    selection: Selection, metrics: Sequence[Metric], *, all_scores: bool, halves: bool, cache: EstimateCache
) -> list[Entry]:
    """Return the entries of comparable runs, by name.

    Args:
        selection: the runs.
        metrics: what to measure.
        all_scores: make an entry of every named score, not of the first alone.
        halves: measure unsupervised entries on the signal halves that no detector may learn from.
        cache: where estimates of earlier calls are kept.
    """
    groups: dict[tuple[str, str], list[StoredRun]] = {}
    for run in selection.runs:
        identity = run.record.identity
        groups.setdefault((identity.detector, canonical_json(dict(identity.params))), []).append(run)
    found = []
    for runs in groups.values():
        name = min((run.record.entry for run in runs), key=lambda text: (len(text), text))
        scores = runs[0].record.scores
        for score in scores if all_scores else scores[:1]:
            titled = f"{name}:{score}" if all_scores and len(scores) > 1 else name
            found.append(_entry(titled, score, runs, selection.channels, metrics, halves, cache))
    return sorted(found, key=lambda entry: entry.name)


def average(estimates: Mapping[int, Estimate]) -> Cell:
    """Return the cell of one figure from the estimates of its seeds, by the rule at the top of this file."""
    values = np.array([estimate.value for estimate in estimates.values()])
    mean = float(np.mean(values))
    error = standard_deviation(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    lows = np.array([estimate.low for estimate in estimates.values()])
    highs = np.array([estimate.high for estimate in estimates.values()])
    return Cell(
        value=mean,
        low=max(mean - math.hypot(float(np.mean(values - lows)), error), float(np.min(lows))),
        high=min(mean + math.hypot(float(np.mean(highs - values)), error), float(np.max(highs))),
        note="; ".join(dict.fromkeys(estimate.note for estimate in estimates.values() if estimate.note)),
        measured=all(estimate.measured for estimate in estimates.values()),
        by_seed={seed: estimate.value for seed, estimate in sorted(estimates.items())},
    )


def standard_deviation(values: Iterable[float]) -> float:
    """Return the unbiased standard deviation; NaN for fewer than two values."""
    array = np.array(list(values))
    return float(np.std(array, ddof=1)) if len(array) > 1 else math.nan


def _entry(
    name: str,
    score: str,
    runs: Sequence[StoredRun],
    channels: Sequence[str],
    metrics: Sequence[Metric],
    halves: bool,
    cache: EstimateCache,
) -> Entry:
    by_column: dict[Column, dict[str, dict[int, Estimate]]] = {}
    scored = [run for run in runs if run.record.status == "ok"]
    for run in scored:
        identity = run.record.identity
        for signal, figures in measure_run(run, score, metrics, halves=halves, cache=cache).items():
            for metric, estimate in figures.items():
                cell = by_column.setdefault((identity.channel, signal), {}).setdefault(metric, {})
                cell[identity.seed] = estimate
    fits = [run.record.timings["fit"] for run in scored if "fit" in run.record.timings]
    return Entry(
        name=name,
        detector=runs[0].record.identity.detector,
        score=score,
        source="run",
        supervision=runs[0].record.supervision,
        cells={column: {m: average(e) for m, e in figures.items()} for column, figures in by_column.items()},
        gaps=tuple(_gaps(runs, channels)),
        keys=tuple(sorted(run.record.key for run in scored)),
        seeds=tuple(sorted({run.record.identity.seed for run in scored})),
        fit_seconds=float(np.mean(fits)) if fits else math.nan,
    )


def _gaps(runs: Sequence[StoredRun], channels: Sequence[str]) -> Iterable[Gap]:
    for channel in channels:
        here = [run.record for run in runs if run.record.identity.channel == channel]
        if not here:
            yield Gap(channel, (), "not run")
        reasons: dict[str, list[int]] = {}
        for record in here:
            if record.status != "ok":
                text = f"{record.status.replace('_', ' ')}: {record.reason}" if record.reason else record.status
                reasons.setdefault(text, []).append(record.identity.seed)
        for reason, seeds in reasons.items():
            yield Gap(channel, tuple(sorted(seeds)), reason)
