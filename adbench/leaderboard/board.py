"""The board: entries of one comparable combination of events, ranked by one method on one figure of merit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from adbench.api.dataset import Dataset
from adbench.api.errors import UnknownNameError
from adbench.leaderboard.beside import imported, published_board, with_published
from adbench.leaderboard.cache import EstimateCache
from adbench.leaderboard.entries import Column
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
from adbench.leaderboard.publication import AS_PUBLISHED, with_all_working_points
from adbench.leaderboard.ranked import Board, rank_board
from adbench.leaderboard.selection import select_runs
from adbench.leaderboard.standings import unmeasured_columns
from adbench.metrics.plugin import DEFAULT_METRICS, LOOSEST, SMALL_SAMPLE_METRIC
from adbench.published.library import Library
from adbench.published.scores import FIGURES, PublishedScores
from adbench.rankings.compat import COMPAT
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["Board", "build_board", "rank_board"]


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
    contaminated: bool = False,
    all_scores: bool = False,
    compat: str = "",
    events: Dataset | None = None,
    published: str = "auto",
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
        contaminated: show entries that learnt from background with signal in it too.
        all_scores: one entry for each named score of a detector.
        compat: a publication whose procedure ranks, ``arxiv-2105.14027``.
        events: an opened data set, such as a folder of files: only runs on exactly its events stand on the board.
        published: how imported published results are shown: ``auto``, ``beside``, ``only`` or ``none``; ``auto`` shows
            them alone where there are no runs.

    Raises:
        MissingError: there are no results, or none on `events`.
        UnknownNameError: an unknown name, with the nearest known ones; a figure that was not published with ``only``.
        UsageError: the ranking is defined on another metric.

    Example:
        ``board = build_board(ResultsFolder(Path("results")), channels=["1"], metrics=["eps_s@1e-2"])``
    """
    if compat and compat != COMPAT:
        raise UnknownNameError("published procedure", compat, [COMPAT])
    method = catalogue().ranking(ranking)
    wanted = dict.fromkeys([*metrics, *([method.figure] if method.figure and not metrics else []), *DEFAULT_METRICS])
    library = Library(results.root) if isinstance(results, ResultsFolder) else None
    of_ours = (edition, split, supervision, max_events, events, contaminated, all_scores)
    nothing_of_ours = published == "auto" and isinstance(results, ResultsFolder) and not results.has_records()
    if nothing_of_ours and not any(of_ours) and imported(library, "auto", dataset):
        published = "only"
    if published == "only":
        (scores, *_) = imported(library, published, dataset)
        shown = [catalogue().metric(name) for name in wanted]
        if shown[0].name not in FIGURES:
            raise UnknownNameError("published figure", shown[0].name, FIGURES)
        pairs = [column for column in scores.columns if _chosen(column[0], channels, scores)]
        board = published_board(scores, shown, method, pairs, compat)
        return rank_board(replace(board, notes=((AS_PUBLISHED,) if compat else ()) + board.notes), method)
    measurable = {metric.name: metric for metric in map(catalogue().metric, [*wanted, SMALL_SAMPLE_METRIC])}
    selection = select_runs(
        results,
        dataset=dataset,
        edition=edition,
        split=split,
        channels=channels,
        supervision=supervision,
        max_events=max_events,
        contaminated=contaminated,
        events=events,
    )
    halves = any(run.record.status == "ok" and run.record.halved_signals for run in selection.runs)
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
            *about_halves(selection.runs),
            *about_runs(selection.runs),
            *selection.left_out,
        ),
        data_notes=about_data(selection.runs),
    )
    for scores in imported(library, published, selection.dataset):
        board = with_published(board, scores, selection.runs, published)
    return rank_board(board, method)


def _chosen(channel: str, channels: Sequence[str], scores: PublishedScores) -> bool:
    known = {name for name, _ in scores.columns}
    for name in channels:
        if name not in known:
            raise UnknownNameError("channel among the published results", name, known)
    return not channels or channel in channels


def _counting(columns: Sequence[Column], unmeasured: Sequence[Column], compat: str) -> tuple[Column, ...]:
    """Return the columns that rankings read: the publication counts unmeasured ones too."""
    return tuple(column for column in columns if compat or column not in unmeasured)


def _place(column: Column) -> tuple[Any, Any]:
    return natural(column[0]), natural(column[1])
