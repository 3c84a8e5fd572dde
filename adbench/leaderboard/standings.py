"""Where entries stand by one metric: columns that count, ranks, and how far fluctuations may move the statistic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Metric
from adbench.api.ranking import Ranking, ScoreTable
from adbench.leaderboard.entries import Cell, Column, Entry, Standing, standard_deviation
from adbench.rankings.table import rank_entries

__all__ = ["score_table", "stand", "unmeasured_columns"]

Floats = NDArray[np.float64]


def unmeasured_columns(entries: Sequence[Entry], columns: Sequence[Column], metric: str) -> tuple[Column, ...]:
    """Return the columns in which no entry has a measured figure."""
    return tuple(column for column in columns if not any(_measured(entry, column, metric) for entry in entries))


def score_table(entries: Sequence[Entry], columns: Sequence[Column], metric: Metric) -> ScoreTable:
    """Return the measured figures of entries on columns; NaN where there is none."""
    values = [
        [entry.cells[c][metric.name].value if _measured(entry, c, metric.name) else math.nan for c in columns]
        for entry in entries
    ]
    return ScoreTable(
        entries=tuple(entry.name for entry in entries),
        columns=tuple(columns),
        values=np.array(values, np.float64).reshape(len(entries), len(columns)),
        figure=metric.name,
        higher_is_better=metric.higher_is_better,
    )


def stand(
    entries: Sequence[Entry], columns: Sequence[Column], metric: Metric, ranking: Ranking, *, intervals: bool = True
) -> dict[str, Standing]:
    """Return the standing of every entry, by name.

    The ends of a statistic's interval are the statistic with all cells of that entry at their lower or upper ends and
    all other entries as they are: cells share a test background, so their fluctuations go together. That is the widest
    interval that the cells allow. Entries whose cells have no intervals have none. A published entry whose figures are
    all those of another one stands where that one stands, and counts for nobody's rank.

    Args:
        entries: the entries.
        columns: the columns that count; with none, nobody has a rank.
        metric: the figure of merit.
        ranking: the method.
        intervals: give statistics their intervals and their spread over seeds.
    """
    standings = {entry.name: Standing() for entry in entries}
    if not columns:
        return standings
    table = score_table(entries, columns, metric)
    twins = {entry.name: entry.twin_of for entry in entries if entry.twin_of in standings}
    ranked = rank_entries(table, ranking, twins)
    complete = table.rows(np.isin(np.array(table.entries, object), np.array(ranked.entries, object)))
    place = {name: row for row, name in enumerate(complete.entries)}
    by_name = {entry.name: entry for entry in entries}
    for name, rank, statistic in zip(ranked.entries, ranked.ranks, ranked.statistics, strict=True):
        standings[name] = Standing(float(statistic), int(rank))
        if intervals and by_name[name].seeds:
            cells = [by_name[name].cells[column][metric.name] for column in columns]
            standings[name] = _with_interval(standings[name], cells, _Moved(complete, ranking, place[name]))
    return standings | {name: standings[kept] for name, kept in twins.items()}


def _with_interval(standing: Standing, cells: Sequence[Cell], move: _Moved) -> Standing:
    ends = [move(np.array(end)) for end in ([cell.low for cell in cells], [cell.high for cell in cells])]
    seeds = set.intersection(*(set(cell.by_seed) for cell in cells))
    by_seed = (
        [move(np.array([cell.by_seed[seed] for cell in cells])) for seed in sorted(seeds)] if len(seeds) > 1 else []
    )
    return replace(standing, low=min(ends), high=max(ends), spread=standard_deviation(by_seed))


class _Moved:
    """The statistic of one entry with other values in its cells."""

    def __init__(self, table: ScoreTable, ranking: Ranking, row: int) -> None:
        self._table, self._ranking, self._row = table, ranking, row

    def __call__(self, values: Floats) -> float:
        if np.isnan(values).any():
            return math.nan
        moved = self._table.values.copy()
        moved[self._row] = values
        return float(self._ranking.statistic(replace(self._table, values=moved))[self._row])


def _measured(entry: Entry, column: Column, metric: str) -> bool:
    cell = entry.cells[column][metric]
    return cell.measured and not math.isnan(cell.value)
