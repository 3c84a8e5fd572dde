"""``--compat arxiv-2105.14027``: the rankings of the Dark Machines challenge as its published code computes them.

Not how one should rank, but how arXiv:2105.14027 did; ours are the methods beside this file. What differs:

* An entry without a complete channel takes no part anywhere. (So here does one that lacks a signal, on which
  the published code stops.)
* Ranks run from 0 and are ordinal: entries of equal value get different ranks, in the order of an unstable sort.
* Ranks belong to the place of a row inside its (channel, signal), not to the entry's name. Where entries are
  listed in another order than in the first channel, they get each other's ranks.
* Ranks are stored by signal, so that over all channels the last channel of a signal counts alone: 19 columns
  for 34 (channel, signal) pairs, and channel 1 without any weight.

Equal orders need equal sorts. numpy sorts numbers with instructions that depend on the processor, but Python
objects with the introsort that it used for numbers in 2021; hence arrays of dtype object below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import UnknownNameError
from adbench.api.ranking import ScoreTable
from adbench.rankings.plugin import TOTAL_IMPROVEMENTS
from adbench.rankings.rows import Rows
from adbench.rankings.table import Ranked, wrong_figure
from adbench.rankings.total_improvement import TotalImprovement, best_channels

__all__ = ["COMPAT", "Publication", "published_length"]

COMPAT = "arxiv-2105.14027"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """One figure of merit of the entries of one subset, ready to be ranked by each method.

    Attributes:
        figure: name of the metric.
        entries: names in order of first appearance.
        values: float64 (n_entries, n_pairs), each entry's values in the order of its own rows.
        ranks: int64 (n_entries, n_rank_columns), from 0; one column per signal.
        best: float64 (n_entries, n_signals), the largest value of each signal over its channels.
        incomplete: entries that take no part, with the share of all (channel, signal) pairs that they have.
    """

    figure: str
    entries: tuple[str, ...]
    values: Floats
    ranks: NDArray[np.int64]
    best: Floats
    incomplete: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, rows: Rows, channel: str | None = None) -> Publication:
        """Return the figures of one channel; of all channels together when it is None.

        Args:
            rows: published rows in the order of the files, followed by rows of one's own.
            channel: the subset; completeness is asked of all channels in any case.

        Raises:
            UnknownNameError: there is no such channel.
        """
        if channel is not None and channel not in rows.channels:
            raise UnknownNameError("channel", channel, set(rows.channels))
        coverage = _coverage(rows)
        incomplete = sorted((-share, entry) for entry, share in coverage.items() if share < 1.0)
        rows = rows[np.array([coverage[entry] == 1.0 for entry in rows.entries], bool)]
        if channel is not None:
            rows = rows[rows.channels == channel]
        table = rows.table()
        return cls(
            figure=rows.figure,
            entries=table.entries,
            values=_in_own_order(rows, table),
            ranks=_ranks_by_place(rows),
            best=best_channels(table),
            incomplete=tuple((entry, -share) for share, entry in incomplete),
        )

    def ranked(self, ranking: str) -> Ranked:
        """Return all entries in the published order of a method; ranks are 1, 2, 3, ... also inside ties.

        Raises:
            UnknownNameError: the publication has no such method.
            UsageError: a total improvement of another figure than max SI.
        """
        if ranking not in _METHODS:
            raise UnknownNameError(f"ranking of {COMPAT}", ranking, _METHODS)
        if ranking in TOTAL_IMPROVEMENTS and self.figure != TotalImprovement.figure:
            raise wrong_figure(ranking, TotalImprovement.figure, self.figure)
        statistic = np.asarray(_METHODS[ranking](self), np.float64) if self.entries else np.zeros(0)
        order = _unstable(statistic) if ranking == "average_rank" else _unstable_descending(statistic)
        return Ranked(
            ranking=ranking,
            figure=self.figure,
            entries=tuple(self.entries[i] for i in order),
            ranks=np.arange(1, len(order) + 1),
            statistics=statistic[order],
            incomplete=self.incomplete,
        )


def published_length(ranking: str, figure: str, channel: str | None) -> int:
    """Return how many entries the publication lists: five, fewer where the minima beyond are all zero."""
    return _SHORTER.get((channel, figure), 5) if ranking == "minimum" else 5


_SHORTER = {(None, "eps_s@1e-3"): 1, (None, "eps_s@1e-4"): 0, ("2a", "eps_s@1e-3"): 3, ("2a", "eps_s@1e-4"): 0}

_METHODS: Mapping[str, Callable[[Publication], NDArray[np.generic]]] = {
    "top_scorer": lambda figures: (figures.ranks < 1).sum(axis=1),
    "top5_scorer": lambda figures: (figures.ranks < 5).sum(axis=1),
    "average_rank": lambda figures: _mean_in_order(figures.ranks.astype(np.float64)),
    "mean": lambda figures: _mean_in_order(figures.values),
    "median": lambda figures: np.median(figures.values, axis=1),
    "minimum": lambda figures: figures.values.min(axis=1),
    "ti_min": lambda figures: figures.best.min(axis=1),
    "ti_median": lambda figures: np.median(figures.best, axis=1),
    "ti_max": lambda figures: figures.best.max(axis=1),
}


def _coverage(rows: Rows) -> dict[str, float]:
    table = rows.table()
    return dict(zip(table.entries, table.coverage.tolist(), strict=True))


def _in_own_order(rows: Rows, table: ScoreTable) -> Floats:
    place = {entry: i for i, entry in enumerate(table.entries)}
    by_entry = np.argsort([place[entry] for entry in rows.entries], kind="stable")
    return rows.values[by_entry].reshape(table.values.shape)


def _ranks_by_place(rows: Rows) -> NDArray[np.int64]:
    pairs = [f"{channel}/{signal}" for channel, signal in zip(rows.channels, rows.signals, strict=True)]
    rows_of: dict[str, list[int]] = {}
    for i, pair in enumerate(pairs):
        rows_of.setdefault(pair, []).append(i)
    by_signal: dict[str, NDArray[np.int64]] = {}
    for pair in sorted(rows_of):
        order = _unstable(-rows.values[rows_of[pair]])
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        by_signal[pair.split("/", 1)[1]] = ranks
    return np.stack(list(by_signal.values()), axis=1) if by_signal else np.zeros((0, 0), np.int64)


def _unstable(values: Floats) -> NDArray[np.intp]:
    return np.argsort(values.astype(object), kind="quicksort")


def _unstable_descending(values: Floats) -> NDArray[np.intp]:
    return (len(values) - 1 - _unstable(values[::-1]))[::-1]


def _mean_in_order(values: Floats) -> Floats:
    """Return the mean of each row, summed from left to right as pandas did."""
    return np.asarray(np.cumsum(values, axis=1)[:, -1] / values.shape[1], np.float64)
