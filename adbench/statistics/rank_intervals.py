"""Ranks with intervals: how they move when signals, trainings and events are drawn again.

Each replica draws signals (a signal of several channels is one cluster: its events overlap, and so does what makes it
hard), trainings (seeds) and events, and is ranked as a whole. The interval of a rank holds the central 68 % of its
replicas and is widened to the rank itself where that lies outside: a bootstrapped rank tends to the middle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from adbench.api.ranking import Ranking, ScoreTable
from adbench.rankings.ranks import final_order
from adbench.rankings.table import rank_entries
from adbench.statistics.draws import cluster_draws, seed_weights

__all__ = ["RankInterval", "RankIntervals", "combine_seeds", "rank_intervals", "within_classes"]

Floats = NDArray[np.float64]
_CENTRAL = (0.1587, 0.8413)


@dataclass(frozen=True, slots=True)
class RankInterval:
    """The rank of one entry and how far it may move.

    Attributes:
        entry: name of the entry.
        rank: its rank, 1 = best.
        low: best rank of the central 68 %.
        high: worst rank of the central 68 %.
        first: share of the replicas in which it is first, alone or tied.
        statistic: the ranking's statistic.
        statistic_low: lower end of its central 68 %.
        statistic_high: upper end of its central 68 %.
    """

    entry: str
    rank: int
    low: int
    high: int
    first: float
    statistic: float
    statistic_low: float
    statistic_high: float


@dataclass(frozen=True, slots=True, eq=False)
class RankIntervals:
    """The ranks of all complete entries of a table.

    Attributes:
        ranking: name of the method.
        figure: name of the metric.
        intervals: one per entry, best first.
        replicas: number of replicas.
        clusters: number of independent signals.
        ranks: int64 (n_replicas, n_entries), the ranks of each replica, entries as in `intervals`.
        statistics: float64 (n_replicas, n_entries), their statistics.
    """

    ranking: str
    figure: str
    intervals: tuple[RankInterval, ...]
    replicas: int
    clusters: int
    ranks: NDArray[np.int64]
    statistics: Floats

    def of(self, entry: str) -> RankInterval | None:
        """Return the interval of an entry; None where it is not ranked."""
        return next((one for one in self.intervals if one.entry == entry), None)


def rank_intervals(
    table: ScoreTable,
    ranking: Ranking,
    *,
    replicas: int = 200,
    seed: int = 0,
    values: Floats | None = None,
    signals: bool = True,
    twins: Mapping[str, str] | None = None,
) -> RankIntervals:
    """Return the ranks of the complete entries with their intervals.

    Args:
        table: one figure of merit.
        ranking: the method.
        replicas: how many replicas.
        seed: of the draws of signals.
        values: float64 (n_replicas, n_entries, n_columns): the figures on events and trainings that were drawn again,
            see `adbench.statistics.event_bootstrap`; None: the table in every replica.
        signals: draw signals again, by name: columns of one signal in several channels go together.
        twins: entries that another one stands for, which are left out.

    Example:
        >>> from adbench.rankings.mean import MEAN
        >>> columns = tuple(("1", str(signal)) for signal in range(9))
        >>> table = ScoreTable(("a", "b"), columns, np.array([[0.9] * 9, [0.1] * 9]))
        >>> [(one.entry, one.low, one.high) for one in rank_intervals(table, MEAN).intervals]
        [('a', 1, 1), ('b', 2, 2)]
    """
    ranked = rank_entries(table, ranking, twins)
    places = [table.entries.index(entry) for entry in ranked.entries]
    filled = np.flatnonzero(~np.all(np.isnan(table.values), axis=0))
    columns = [table.columns[j] for j in filled]
    clusters = [signal for _, signal in columns]
    rng = np.random.default_rng([seed, 17])
    drawn = cluster_draws(clusters, replicas, rng) if signals and columns else None
    kept = replace(
        table.rows(np.array(places, np.intp)), columns=tuple(columns), values=table.values[places][:, filled]
    )
    statistics = np.empty((replicas, len(places)))
    ranks = np.empty((replicas, len(places)), np.int64)
    for r in range(replicas if places else 0):
        one = kept if values is None else replace(kept, values=values[r][np.ix_(np.array(places, np.intp), filled)])
        if drawn is not None:
            one = _repeated(one, drawn[r])
        statistics[r] = ranking.statistic(one)
        order, ranks_in_order = final_order(statistics[r], one.entries, ranking.higher_wins(table.higher_is_better))
        ranks[r, order] = ranks_in_order
    found = [
        _interval(entry, int(rank), float(statistic), ranks[:, i], statistics[:, i])
        for i, (entry, rank, statistic) in enumerate(zip(ranked.entries, ranked.ranks, ranked.statistics, strict=True))
    ]
    return RankIntervals(ranked.ranking, ranked.figure, tuple(found), replicas, len(set(clusters)), ranks, statistics)


def within_classes(
    found: RankIntervals, classes: Mapping[str, str], higher_is_better: bool
) -> dict[str, dict[str, RankInterval]]:
    """Return for each class the intervals of the ranks among its own entries, by name.

    Args:
        found: the ranks among all entries.
        classes: the class of each entry.
        higher_is_better: direction of the ranking's statistic.
    """
    by_class: dict[str, list[int]] = {}
    for place, one in enumerate(found.intervals):
        by_class.setdefault(classes[one.entry], []).append(place)
    ranked: dict[str, dict[str, RankInterval]] = {}
    for name, places in sorted(by_class.items()):
        own = [found.intervals[place] for place in places]
        entries = [one.entry for one in own]
        statistics = found.statistics[:, places]
        ranks = np.empty(statistics.shape, np.int64)
        for r, replica in enumerate(statistics):
            order, in_order = final_order(replica, entries, higher_is_better)
            ranks[r, order] = in_order
        overall = [one.rank for one in own]
        ranked[name] = {
            one.entry: _interval(one.entry, 1 + sum(r < one.rank for r in overall), one.statistic, *draws)
            for one, *draws in zip(own, ranks.T, statistics.T, strict=True)
        }
    return ranked


def combine_seeds(figures: Sequence[Floats], replicas: int, rng: np.random.Generator) -> Floats:
    """Return float64 (n_replicas, ...): the mean over trainings that were drawn again.

    Args:
        figures: for each seed, float64 (n_replicas, ...), figures on events that were drawn again.
        replicas: how many replicas.
        rng: source of chance.
    """
    weights = seed_weights(len(figures), replicas, rng)
    return np.asarray(sum((w * f.T).T for w, f in zip(weights.T, figures, strict=True)), np.float64)


def _repeated(table: ScoreTable, chosen: Sequence[tuple[int, int]]) -> ScoreTable:
    """Return the table of drawn columns; a signal that was drawn twice is two signals."""
    columns = tuple((table.columns[j][0], f"{table.columns[j][1]}#{copy}") for j, copy in chosen)
    return replace(table, columns=columns, values=table.values[:, [j for j, _ in chosen]])


def _interval(entry: str, rank: int, statistic: float, ranks: NDArray[np.int64], statistics: Floats) -> RankInterval:
    low, high = np.quantile(ranks, _CENTRAL, method="inverted_cdf")
    ends = np.quantile(statistics, _CENTRAL)
    return RankInterval(
        entry=entry,
        rank=rank,
        low=min(int(low), rank),
        high=max(int(high), rank),
        first=float(np.mean(ranks == 1)),
        statistic=statistic,
        statistic_low=min(float(ends[0]), statistic),
        statistic_high=max(float(ends[1]), statistic),
    )
