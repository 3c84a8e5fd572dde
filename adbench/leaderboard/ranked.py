"""A board, and its entries in the order of a ranking."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace

from adbench.api.errors import UsageError
from adbench.api.metric import Metric
from adbench.api.ranking import Ranking
from adbench.leaderboard.entries import Column, Entry, Standing
from adbench.leaderboard.publication import stand_as_published
from adbench.leaderboard.standings import stand
from adbench.published.scores import PublishedScores

__all__ = ["Board", "rank_board"]


@dataclass(frozen=True, slots=True)
class Board:
    """A ranked comparison.

    Attributes:
        dataset: name of the data set.
        edition: its edition.
        split: how background was divided.
        channels: the channels, in natural order.
        channel: ``all``, or the chosen channels.
        metrics: figures of merit; the first decides the ranks.
        ranking: the method.
        compat: the publication whose procedure ranks; empty = ours.
        columns: (channel, signal) pairs, in natural order.
        ranked: for each metric, the columns that count: those that some entry could measure.
        entries: the ranked ones first, by rank and name; then the others, by coverage and name.
        halves: whether all entries are measured on the signal halves that no detector learnt from.
        notes: what a reader of this table must know.
        data_notes: what the data set says of itself.
        published: where the figures of published entries on this board are from; None where there are none.
        beside: boards of published entries that may not be ranked with these, each with the reason in its notes.
    """

    dataset: str
    edition: str
    split: str
    channels: tuple[str, ...]
    channel: str
    metrics: tuple[Metric, ...]
    ranking: Ranking
    compat: str
    columns: tuple[Column, ...]
    ranked: Mapping[str, tuple[Column, ...]]
    entries: tuple[Entry, ...]
    halves: bool
    notes: tuple[str, ...]
    data_notes: tuple[str, ...]
    published: PublishedScores | None = None
    beside: tuple[Board, ...] = ()

    @property
    def metric(self) -> Metric:
        """The metric that decides the ranks."""
        return self.metrics[0]

    @property
    def higher_wins(self) -> bool:
        """Whether a higher statistic of the ranking, by the metric that decides, is better."""
        return self.ranking.higher_wins(self.metric.higher_is_better)

    @property
    def shown(self) -> tuple[Metric, ...]:
        """The metrics that a table has a column for: the first, and those by which somebody has a rank."""
        ranked = {name for entry in self.entries for name, standing in entry.standings.items() if standing.rank}
        return tuple(metric for metric in self.metrics if metric is self.metric or metric.name in ranked)

    def rank(self, entry: Entry) -> int | None:
        """Return the rank of an entry; None where it has none."""
        return entry.standings[self.metric.name].rank

    def class_ranks(self) -> dict[str, int | None]:
        """Return the rank of each entry among those of its supervision class; None where it has none."""
        ranks: dict[str, list[int]] = {}
        for entry in self.entries:
            rank = self.rank(entry)
            if rank is not None and not entry.twin_of:
                ranks.setdefault(entry.supervision, []).append(rank)  # ascending, as the entries are
        found: dict[str, int | None] = {}
        for entry in self.entries:
            rank = self.rank(entry)
            found[entry.name] = None if rank is None else 1 + bisect_left(ranks[entry.supervision], rank)
        return found


def rank_board(board: Board, ranking: Ranking) -> Board:
    """Return the board ranked by another method.

    Raises:
        UsageError: the ranking is defined on another metric.
    """
    if ranking.figure and ranking.figure != board.metric.name:
        msg = f"ranking '{ranking.name}' is defined on {ranking.figure}: leave --metric {board.metric.name} out"
        raise UsageError(msg)
    fitting = [metric for metric in board.metrics if ranking.figure in ("", metric.name)]
    by_metric = {metric.name: _standings(board, metric, ranking) for metric in fitting}
    standings = {
        entry.name: {m.name: by_metric.get(m.name, {}).get(entry.name, Standing()) for m in board.metrics}
        for entry in board.entries
    }
    entries = [replace(entry, standings=standings[entry.name]) for entry in board.entries]

    def order(entry: Entry) -> tuple[float, float, str]:
        rank = entry.standings[board.metric.name].rank
        return (math.inf if rank is None else rank, -entry.coverage, entry.name)

    beside = tuple(rank_board(other, ranking) for other in board.beside)
    return replace(board, ranking=ranking, entries=tuple(sorted(entries, key=order)), beside=beside)


def _standings(board: Board, metric: Metric, ranking: Ranking) -> dict[str, Standing]:
    columns = board.ranked[metric.name]
    if board.compat:
        return stand_as_published(board.entries, columns, metric, ranking, board.published)
    deciding = board.published is None or metric is board.metric  # among 1,000 entries an interval takes its time
    return stand(board.entries, columns, metric, ranking, intervals=deciding)
