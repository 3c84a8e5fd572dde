"""Published figures as entries of a board: marked, flagged where odd, without intervals because none were published."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from adbench.api.metric import Metric
from adbench.leaderboard.entries import Cell, Column, Entry
from adbench.published.oddities import flags, twins
from adbench.published.scores import FIGURES, POINTS, PublishedScores
from adbench.rankings.rows import Rows

__all__ = ["PUBLISHED", "named", "published_entries"]

PUBLISHED = "published"
_NO_SEEDS: Mapping[int, float] = {}


def published_entries(
    scores: PublishedScores,
    metrics: Sequence[Metric],
    columns: Sequence[Column],
    taken: frozenset[str] = frozenset(),
    *,
    as_published: bool = False,
) -> list[Entry]:
    """Return an entry for each published model that has a figure in some column.

    Working points behind which too little background stands are marked as unmeasured, by the same rule as for our own
    results; the test background of a channel is taken to be a tenth of its file, the usual share.

    Args:
        scores: what was published.
        metrics: the figures of merit; those that were not published stay empty.
        columns: (channel, signal) pairs of the board.
        taken: names of entries that a published model must not have; it is then called ``NAME (published)``.
        as_published: count every figure as measured, and max SI over all three working points.
    """
    odd, same = flags(scores), twins(scores)
    place = {column: j for j, column in enumerate(scores.columns)}
    names = [f"{model} (published)" if model in taken else model for model in scores.models]
    title = dict(zip(scores.models, names, strict=True))
    by_metric = {metric.name: _cells(scores, metric.name, columns, as_published) for metric in metrics}
    there = ~np.isnan(scores.figure("auc"))
    found = []
    for i, model in enumerate(scores.models):
        own = [j for j, column in enumerate(columns) if column in place and there[i, place[column]]]
        if own:
            cells = {columns[j]: {metric.name: by_metric[metric.name][j][i] for metric in metrics} for j in own}
            found.append(
                Entry(
                    name=names[i],
                    detector=model,
                    score="",
                    source=PUBLISHED,
                    supervision="unsupervised",
                    cells=cells,
                    family=scores.families[i],
                    citation=scores.source.citation,
                    flags=odd.get(model, ()),
                    twin_of=title.get(same.get(model, ""), ""),
                )
            )
    return found


def named(rows: Rows, entries: Sequence[Entry]) -> Rows:
    """Return published rows with the names that their models have on a board, of those that are on it."""
    names = {entry.detector: entry.name for entry in entries if entry.source == PUBLISHED}
    rows = rows[np.array([model in names for model in rows.entries], bool)]
    titles = np.array([names[model] for model in rows.entries], dtype=object)
    return Rows(titles, rows.channels, rows.signals, rows.values, rows.figure)


def _cells(scores: PublishedScores, figure: str, columns: Sequence[Column], as_published: bool) -> list[list[Cell]]:
    """Return the cells of one figure, by column and model."""
    place = {column: j for j, column in enumerate(scores.columns)}
    if figure not in FIGURES:
        nothing = Cell(math.nan, math.nan, math.nan, "not published", measured=False, by_seed=_NO_SEEDS)
        return [[nothing] * len(scores.models) for _ in columns]
    everything = scores.figure(figure)
    counted = everything if as_published or figure != "max_si" else scores.figure(figure, measured=True)
    found = []
    for column in columns:
        note = "" if as_published else _note(scores, figure, column[0])
        measured = not note.startswith("unmeasured")
        j = place.get(column)
        values = [math.nan] * len(scores.models) if j is None else (counted if measured else everything)[:, j].tolist()
        found.append([Cell(value, math.nan, math.nan, note, measured, _NO_SEEDS) for value in values])
    return found


def _note(scores: PublishedScores, figure: str, channel: str) -> str:
    """Return what too little background does to a figure in a channel."""
    points = POINTS if figure == "max_si" else {name: w for name, w in POINTS.items() if name == figure}
    lost = {name: w for name, w in points.items() if not scores.source.is_measured(channel, w)}
    if not lost:
        return ""
    if len(lost) < len(points):
        return f"without {', '.join(name.partition('@')[2] for name in lost)}: too few background events"
    return (
        f"unmeasured: {scores.source.expected_background(channel, max(lost.values())):.2g} background events expected"
    )
