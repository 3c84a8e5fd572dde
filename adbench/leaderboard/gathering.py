"""From runs to entries: the runs of one detector with one set of parameters, seeds averaged in every cell.

How a cell is averaged over seeds: its value is the mean. All seeds scored the same events, so their statistical
intervals fluctuate together: half-widths are averaged, not divided by the root of their number. The standard error of
the mean over seeds is added in quadrature, and the sum widened as far as it rests on few seeds; the interval ends where
the metric does. The spread over seeds, a standard deviation, is kept beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from zipfile import BadZipFile

import numpy as np

from adbench.api.errors import DataError, ScoreError
from adbench.api.metric import Estimate, Metric
from adbench.leaderboard.cache import EstimateCache
from adbench.leaderboard.cells import measure_run
from adbench.leaderboard.entries import Cell, Column, Entry, Gap, standard_deviation
from adbench.leaderboard.selection import Selection
from adbench.runs.store import StoredRun
from adbench.statistics.student import joint_error

__all__ = ["average", "completed", "gather"]


def gather(
    selection: Selection, metrics: Sequence[Metric], *, all_scores: bool, halves: bool, cache: EstimateCache
) -> list[Entry]:
    """Return the entries of comparable runs, by name; a run whose scores cannot be read is a gap of its entry.

    Args:
        selection: the runs.
        metrics: what to measure.
        all_scores: make an entry of every named score, not of the first alone.
        halves: measure unsupervised entries on the signal halves that no detector may learn from.
        cache: where estimates of earlier calls are kept.
    """
    groups: dict[str, list[StoredRun]] = {}
    for run in selection.runs:
        groups.setdefault(run.record.identity.configuration, []).append(run)
    found = []
    for runs in groups.values():
        name = min((run.record.entry for run in runs), key=lambda text: (len(text), text))
        scores = runs[0].record.scores
        for score in scores if all_scores else scores[:1]:
            titled = f"{name}:{score}" if all_scores and len(scores) > 1 else name
            found.append(_entry(titled, score, runs, selection.channels, metrics, halves, cache))
    return sorted(found, key=lambda entry: entry.name)


def completed(entry: Entry, columns: Sequence[Column], metrics: Sequence[Metric]) -> Entry:
    """Return the entry with a cell in every column: an empty one says why it is empty."""
    why = {gap.channel: gap.reason for gap in entry.gaps}
    cells = {}
    for column in columns:
        if column in entry.cells:
            cells[column] = entry.cells[column]
            continue
        empty = Cell(math.nan, math.nan, math.nan, why.get(column[0], "no scores of this signal"), measured=False)
        cells[column] = {metric.name: empty for metric in metrics}
    coverage = len(entry.cells) / len(columns) if columns else 0.0
    return replace(entry, cells=cells, coverage=coverage)


def average(estimates: Mapping[int, Estimate], limits: tuple[float, float] = (-math.inf, math.inf)) -> Cell:
    """Return the cell of one figure from the estimates of its seeds, by the rule at the top of this file.

    Args:
        estimates: of one metric, by seed.
        limits: the least and the largest value that the metric can have.
    """
    values = np.array([estimate.value for estimate in estimates.values()])
    mean, n = float(np.mean(values)), len(values)
    error = standard_deviation(values) / math.sqrt(n) if n > 1 else 0.0
    if math.isinf(mean):  # as of a rejection 1/eps_B where no background passes: nothing is around it
        low = high = mean
    else:
        lows = np.array([estimate.low for estimate in estimates.values()])
        highs = np.array([estimate.high for estimate in estimates.values()])
        low = mean - joint_error(float(np.mean(values - lows)), error, n)
        high = mean + joint_error(float(np.mean(highs - values)), error, n)
    return Cell(
        value=mean,
        low=max(low, limits[0]),
        high=min(high, limits[1]),
        note="; ".join(dict.fromkeys(estimate.note for estimate in estimates.values() if estimate.note)),
        measured=all(estimate.measured for estimate in estimates.values()),
        by_seed={seed: estimate.value for seed, estimate in sorted(estimates.items())},
    )


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
    scored, damaged = [], []
    for run in runs:
        identity = run.record.identity
        if run.record.status != "ok":
            continue
        try:
            measured = measure_run(run, score, metrics, halves=halves, cache=cache)
        except (DataError, ScoreError, BadZipFile, EOFError) as error:
            damaged.append(Gap(identity.channel, (identity.seed,), _damage(run, error)))
            continue
        scored.append(run)
        for signal, figures in measured.items():
            for metric, estimate in figures.items():
                cell = by_column.setdefault((identity.channel, signal), {}).setdefault(metric, {})
                cell[identity.seed] = estimate
    limits = {metric.name: metric.limits for metric in metrics}
    fits = [run.record.timings["fit"] for run in scored if "fit" in run.record.timings]
    return Entry(
        name=name,
        detector=runs[0].record.identity.detector,
        score=score,
        source="run",
        supervision=runs[0].record.supervision,
        cells={
            column: {name: average(seeds, limits[name]) for name, seeds in figures.items()}
            for column, figures in by_column.items()
        },
        gaps=(*_gaps(runs, channels), *damaged),
        keys=tuple(sorted(run.record.key for run in scored)),
        seeds=tuple(sorted({run.record.identity.seed for run in scored})),
        fit_seconds=float(np.mean(fits)) if fits else math.nan,
        family=runs[0].record.identity.detector,
    )


def _damage(run: StoredRun, error: Exception) -> str:
    text = str(error)
    return f"damaged scores: {text if str(run.folder) in text else f'{text}; remove {run.folder} and run again'}"


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
