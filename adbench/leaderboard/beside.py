"""Published results on a board: ranked with ours on the same events, beside ours on any other.

Detectors may be ranked together only where they were measured on the same events. Ours were measured on those of a
publication when each of their signals has as many events as the publication's file: an object cut, another edition or
a limit on events takes some away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adbench.api.errors import MissingError, UnknownNameError
from adbench.api.metric import Metric
from adbench.api.ranking import Ranking
from adbench.leaderboard.entries import Column, Entry
from adbench.leaderboard.gathering import completed
from adbench.leaderboard.left_out import natural
from adbench.leaderboard.notes import about_unmeasured
from adbench.leaderboard.published_entries import published_entries
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.standings import unmeasured_columns
from adbench.leaderboard.wording import counted
from adbench.published.library import Library
from adbench.published.oddities import flags
from adbench.published.scores import FIGURES, PublishedScores
from adbench.published.source import Source
from adbench.runs.store import StoredRun

__all__ = ["SHOW", "imported", "published_board", "why_not_together", "with_published"]

SHOW = ("auto", "beside", "only", "none")
"""How published results are shown; ``auto``: ranked with ours where events and cuts are the same, beside otherwise."""


def imported(library: Library | None, show: str, dataset: str | None) -> list[PublishedScores]:
    """Return the imported results that a board is to show.

    Raises:
        UnknownNameError: there is no such way to show them.
        MissingError: they are asked for, and none were imported for the data set.
        DataError: an imported file is damaged.
    """
    if show not in SHOW:
        raise UnknownNameError("way to show published results", show, SHOW)
    if library is None or show == "none":
        return []
    found = [library.read(name) for name in library.names()]
    found = [scores for scores in found if dataset in (None, scores.source.dataset)]
    if not found and show != "auto":
        where = f" for data set {dataset}" if dataset else ""
        msg = f"no published results{where} in {library.root}; see what there is with: adbench results import"
        raise MissingError(msg)
    return found


def with_published(board: Board, scores: PublishedScores, runs: Iterable[StoredRun], show: str) -> Board:
    """Return the board with published results among its entries where they may be, beside it otherwise.

    Args:
        board: our entries, not ranked yet.
        scores: what was published.
        runs: the runs behind our entries.
        show: ``auto`` or ``beside``.
    """
    reason = why_not_together(scores.source, runs, board.halves)
    if reason or show == "beside":
        columns = tuple(column for column in scores.columns if column in board.columns)
        theirs = published_board(scores, board.metrics, board.ranking, columns, board.compat)
        text = (
            f"warning: {scores.source.name} stands beside these results, not among them: {reason}"
            if reason
            else f"{scores.source.name} stands beside these results, as asked for"
        )
        return replace(board, notes=(text, *board.notes), beside=(*board.beside, theirs))
    taken = frozenset(entry.name for entry in board.entries)
    theirs_all = published_entries(scores, board.metrics, board.columns, taken, as_published=bool(board.compat))
    entries = (*board.entries, *(completed(entry, board.columns, board.metrics) for entry in theirs_all))
    splits = f"background was divided by {board.split} for ours, by {scores.source.split} for published entries"
    return replace(
        board,
        entries=entries,
        ranked=_counting(board, entries),
        notes=(*board.notes, *about_published(scores), splits),
        published=scores,
    )


def published_board(
    scores: PublishedScores, metrics: Iterable[Metric], ranking: Ranking, columns: Iterable[Column], compat: str
) -> Board:
    """Return a board of published entries alone, not ranked yet.

    Args:
        scores: what was published.
        metrics: figures of merit, some of them published; the first of those decides.
        ranking: the method.
        columns: the (channel, signal) pairs to keep.
        compat: the publication whose procedure ranks; empty = ours.
    """
    asked = tuple(metrics)
    shown = tuple(metric for metric in asked if metric.name in FIGURES)
    pairs = tuple(sorted(columns, key=lambda column: (natural(column[0]), natural(column[1]))))
    channels = tuple(dict.fromkeys(channel for channel, _ in pairs))
    entries = published_entries(scores, shown, pairs, as_published=bool(compat))
    every = {channel for channel, _ in scores.columns}
    board = Board(
        dataset=scores.source.dataset,
        edition=scores.source.name,
        split=scores.source.split,
        channels=channels,
        channel="all" if set(channels) == every else ",".join(channels),
        metrics=shown,
        ranking=ranking,
        compat=compat,
        columns=pairs,
        ranked={},
        entries=tuple(completed(entry, pairs, shown) for entry in entries),
        halves=False,
        notes=(),
        data_notes=(),
        published=scores,
    )
    board = replace(board, ranked=_counting(board, board.entries))
    lost = {name: tuple(c for c in pairs if c not in board.ranked[name]) for name in board.ranked}
    notes = (*about_published(scores), *about_unmeasured(board.entries, pairs, lost, shown, advice=False))
    if shown[0] != asked[0]:
        notes = (f"{asked[0].name} was not published: ranked by {shown[0].name}", *notes)
    return replace(board, notes=notes)


def why_not_together(source: Source, runs: Iterable[StoredRun], halves: bool) -> str:
    """Return why our runs may not be ranked with published results; empty where they may.

    Args:
        source: the publication.
        runs: our runs, failures included.
        halves: whether our signals are cut down to the halves that no detector learnt from.
    """
    if halves:
        return "it was measured on whole signals, these on halves, because some entries learnt from the others"
    for run in runs:
        identity = run.record.identity
        if run.record.status != "ok":
            continue
        for sample, events in run.record.samples.items():
            kind, _, signal = sample.partition("/")
            if kind != "signal":
                continue
            theirs = source.signal_events.get(identity.channel, {}).get(signal)
            if theirs is None:
                return f"it has no signal {signal} in channel {identity.channel}"
            if theirs != events:
                return (
                    f"it was measured on other events ({source.events}): {signal} in channel {identity.channel} has "
                    f"{theirs:,} there and {events:,} on {identity.dataset} {identity.edition}"
                )
    return ""


def about_published(scores: PublishedScores) -> tuple[str, ...]:
    """Return what a reader of published figures must know."""
    source = scores.source
    altered = (
        f"warning: {source.name} was imported from files that are not those of commit {source.commit[:8]}, so these "
        f"are not the published figures; import them again: adbench results import {source.name}"
    )
    return (
        *([] if scores.genuine else [altered]),
        f"published: {source.citation}; {source.events}; background divided by {source.split}; no intervals published",
        f"{counted(len(flags(scores)), 'published result')} flagged; --format json has all reasons",
    )


def _counting(board: Board, entries: Iterable[Entry]) -> dict[str, tuple[Column, ...]]:
    found = {}
    for metric in board.metrics:
        lost = () if board.compat else unmeasured_columns(tuple(entries), board.columns, metric.name)
        found[metric.name] = tuple(column for column in board.columns if column not in lost)
    return found
