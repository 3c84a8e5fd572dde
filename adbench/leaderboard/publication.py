"""A board ranked by the procedure of arXiv:2105.14027: what it counts, and what it does not know."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from adbench.api.metric import Metric
from adbench.api.ranking import Ranking, ScoreTable
from adbench.leaderboard.entries import Cell, Column, Entry, Standing
from adbench.leaderboard.published_entries import PUBLISHED, named
from adbench.metrics.working_point import WORKING_POINTS, written
from adbench.published.scores import FIGURES, PublishedScores
from adbench.rankings.compat import Publication
from adbench.rankings.rows import Rows

__all__ = ["AS_PUBLISHED", "stand_as_published", "with_all_working_points"]

AS_PUBLISHED = (
    "ranked by the published procedure of arXiv:2105.14027: unmeasured working points count, equal values get "
    "different ranks, and over all channels the rank methods see each signal in its last channel only"
)


def stand_as_published(
    entries: Sequence[Entry],
    columns: Sequence[Column],
    metric: Metric,
    ranking: Ranking,
    published: PublishedScores | None = None,
) -> dict[str, Standing]:
    """Return the standing of every entry, by name, as the publication computes it: without intervals.

    Args:
        entries: the entries; those that lack a cell take no part, nor does a model that lacks one in the publication.
        columns: the columns that count.
        metric: the figure of merit.
        ranking: the method, one of the publication's.
        published: where the figures of published entries are from: ties are broken by the order of its rows.

    Raises:
        UnknownNameError: the publication has no such method.
    """
    standings = {entry.name: Standing() for entry in entries}
    own = [entry for entry in entries if entry.source != PUBLISHED]
    values = np.array([[entry.cells[column][metric.name].value for column in columns] for entry in own], np.float64)
    table = ScoreTable(
        tuple(entry.name for entry in own), tuple(columns), values.reshape(len(own), len(columns)), metric.name
    )
    parts = [Rows.of(table)]
    if published is not None and metric.name in FIGURES:
        parts.insert(0, named(published.rows(metric.name, columns, complete=True), entries))
    rows = Rows.concatenate(parts)
    if len(rows):
        ranked = Publication.of(rows).ranked(ranking.name)
        for name, rank, statistic in zip(ranked.entries, ranked.ranks, ranked.statistics, strict=True):
            standings[name] = Standing(float(statistic), int(rank))
    return standings


def with_all_working_points(entry: Entry) -> Entry:
    """Return the entry with max SI over all three working points, measured or not, as the publication has it."""
    return replace(entry, cells={column: _with_max_si(figures) for column, figures in entry.cells.items()})


def _with_max_si(figures: Mapping[str, Cell]) -> Mapping[str, Cell]:
    points = [(figures[f"eps_s@{written(w)}"], math.sqrt(w)) for w in WORKING_POINTS]
    seeds = points[0][0].by_seed
    if not seeds:
        return figures
    by_seed = {seed: max(cell.by_seed[seed] / root for cell, root in points) for seed in seeds}
    largest = Cell(
        value=float(np.mean(list(by_seed.values()))),
        low=max(cell.low / root for cell, root in points),
        high=max(cell.high / root for cell, root in points),
        note="over all three working points",
        by_seed=by_seed,
    )
    return {**figures, "max_si": largest}
