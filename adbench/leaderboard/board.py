"""The board: entries of one comparable combination of events, ranked by one method on one figure of merit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adbench.api.dataset import Dataset
from adbench.api.errors import UnknownNameError, UsageError
from adbench.api.metric import Metric
from adbench.api.ranking import Ranking
from adbench.leaderboard.cache import EstimateCache
from adbench.leaderboard.entries import Column, Entry, Standing
from adbench.leaderboard.gathering import completed, gather
from adbench.leaderboard.left_out import natural
from adbench.leaderboard.notes import (
    about_data,
    about_halves,
    about_limits,
    about_runs,
    about_seeds,
    about_sources,
    about_unmeasured,
)
from adbench.leaderboard.publication import AS_PUBLISHED, stand_as_published, with_all_working_points
from adbench.leaderboard.selection import select_runs
from adbench.leaderboard.standings import stand, unmeasured_columns
from adbench.metrics.plugin import DEFAULT_METRICS, LOOSEST, SMALL_SAMPLE_METRIC
from adbench.rankings.compat import COMPAT
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["Board", "build_board", "rank_board"]


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

    @property
    def metric(self) -> Metric:
        """The metric that decides the ranks."""
        return self.metrics[0]

    @property
    def shown(self) -> tuple[Metric, ...]:
        """The metrics that a table has a column for: the first, and those by which somebody has a rank."""
        ranked = {name for entry in self.entries for name, standing in entry.standings.items() if standing.rank}
        return tuple(metric for metric in self.metrics if metric is self.metric or metric.name in ranked)

    def rank(self, entry: Entry) -> int | None:
        """Return the rank of an entry; None where it has none."""
        return entry.standings[self.metric.name].rank


def build_board(
    results: ResultsFolder | Iterable[StoredRun],
    *,
    dataset: str | None = None,
    edition: str | None = None,
    split: str | None = None,
    channels: Sequence[str] = (),
    metrics: Sequence[str] = (),
    ranking: str = "mean",
    supervision: str | None = None,
    max_events: int | None = None,
    all_scores: bool = False,
    compat: str = "",
    events: Dataset | None = None,
) -> Board:
    """Return the board of stored runs.

    Args:
        results: a results folder, or stored runs.
        dataset: name of the data set; that of the newest run unless given, as are edition and split.
        edition: its edition.
        split: how background was divided.
        channels: channels to rank on; empty = all.
        metrics: figures of merit; the first decides the ranks. Those that a board shows by default are added,
            and ``eps_s@0.1`` where there is too little background for all of their working points.
        ranking: name of the ranking method.
        supervision: only entries of this class.
        max_events: show runs that were limited to this number of events of each sample.
        all_scores: one entry for each named score of a detector.
        compat: a publication whose procedure ranks, ``arxiv-2105.14027``.
        events: an opened data set, such as a folder of files: only runs on exactly its events stand on the board.

    Raises:
        MissingError: there are no results, or none on `events`.
        UnknownNameError: an unknown name, with the nearest known ones.
        UsageError: the ranking is defined on another metric.

    Example:
        ``board = build_board(ResultsFolder(Path("results")), channels=["1"], metrics=["eps_s@1e-2"])``
    """
    if compat and compat != COMPAT:
        raise UnknownNameError("published procedure", compat, [COMPAT])
    method = catalogue().ranking(ranking)
    wanted = dict.fromkeys([*metrics, *([method.figure] if method.figure and not metrics else []), *DEFAULT_METRICS])
    measurable = {metric.name: metric for metric in map(catalogue().metric, [*wanted, SMALL_SAMPLE_METRIC])}
    selection = select_runs(
        results,
        dataset=dataset,
        edition=edition,
        split=split,
        channels=channels,
        supervision=supervision,
        max_events=max_events,
        events=events,
    )
    halves = any(run.record.status == "ok" and run.record.supervision != "unsupervised" for run in selection.runs)
    cache = EstimateCache(results.root / ".cache" if isinstance(results, ResultsFolder) else None)
    entries = gather(selection, tuple(measurable.values()), all_scores=all_scores, halves=halves, cache=cache)
    columns = tuple(sorted({column for entry in entries for column in entry.cells}, key=_place))
    entries = [completed(entry, columns, tuple(measurable.values())) for entry in entries]
    if SMALL_SAMPLE_METRIC not in metrics and len(unmeasured_columns(entries, columns, LOOSEST)) < len(columns):
        del measurable[SMALL_SAMPLE_METRIC]
    figures = tuple(measurable.values())
    if compat:
        entries = [with_all_working_points(entry) for entry in entries]
    unmeasured = {metric.name: unmeasured_columns(entries, columns, metric.name) for metric in figures}
    board = Board(
        dataset=selection.dataset,
        edition=selection.edition,
        split=selection.split,
        channels=selection.channels,
        channel=",".join(sorted(set(channels), key=natural)) or "all",
        metrics=figures,
        ranking=method,
        compat=compat,
        columns=columns,
        ranked={name: _counting(columns, lost, compat) for name, lost in unmeasured.items()},
        entries=tuple(entries),
        halves=halves,
        notes=(
            *([AS_PUBLISHED] if compat else []),
            *about_limits(selection.runs),
            *about_sources(selection.runs),
            *about_seeds(selection.runs),
            *about_unmeasured(entries, columns, unmeasured, figures),
            *about_halves(entries),
            *about_runs(selection.runs),
            *selection.left_out,
        ),
        data_notes=about_data(selection.runs),
    )
    return rank_board(board, method)


def rank_board(board: Board, ranking: Ranking) -> Board:
    """Return the board ranked by another method.

    Raises:
        UsageError: the ranking is defined on another metric.
    """
    if ranking.figure and ranking.figure != board.metric.name:
        msg = f"ranking '{ranking.name}' is defined on {ranking.figure}: leave --metric {board.metric.name} out"
        raise UsageError(msg)
    rule = stand_as_published if board.compat else stand
    fitting = [metric for metric in board.metrics if ranking.figure in ("", metric.name)]
    by_metric = {m.name: rule(board.entries, board.ranked[m.name], m, ranking) for m in fitting}
    standings = {
        entry.name: {m.name: by_metric.get(m.name, {}).get(entry.name, Standing()) for m in board.metrics}
        for entry in board.entries
    }
    entries = [replace(entry, standings=standings[entry.name]) for entry in board.entries]

    def order(entry: Entry) -> tuple[float, float, str]:
        rank = entry.standings[board.metric.name].rank
        return (math.inf if rank is None else rank, -entry.coverage, entry.name)

    return replace(board, ranking=ranking, entries=tuple(sorted(entries, key=order)))


def _counting(columns: Sequence[Column], unmeasured: Sequence[Column], compat: str) -> tuple[Column, ...]:
    """Return the columns that rankings read: the publication counts unmeasured ones too."""
    return tuple(column for column in columns if compat or column not in unmeasured)


def _place(column: Column) -> tuple[Any, Any]:
    return natural(column[0]), natural(column[1])
