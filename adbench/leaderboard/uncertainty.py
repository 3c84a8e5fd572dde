"""From a board to the intervals of its ranks: the stored scores of its entries, drawn again together."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Metric
from adbench.leaderboard.cells import samples_of
from adbench.leaderboard.entries import Column, Entry
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.standings import score_table
from adbench.metrics.auc import AreaUnderCurve
from adbench.metrics.efficiency import SignalEfficiency
from adbench.metrics.improvement import MaxSignificanceImprovement, SignificanceImprovement
from adbench.metrics.sample import ordered
from adbench.metrics.working_point import WORKING_POINTS, is_measured
from adbench.runs.store import StoredRun
from adbench.statistics.event_bootstrap import AREA, Pair, replicate
from adbench.statistics.rank_intervals import RankInterval, RankIntervals, combine_seeds, rank_intervals, within_classes

__all__ = ["REPLICAS", "BoardUncertainty", "board_uncertainty", "replicated_values"]

REPLICAS = 200
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BoardUncertainty:
    """The ranks of a board with their intervals.

    Attributes:
        ranks: the intervals.
        values: float64 (n_replicas, n_entries, n_columns), figures on events and trainings that were drawn again.
        entries: names of the entries of `values`.
        columns: columns of `values`.
        classes: for each supervision class, the intervals of the ranks among its own entries, by name.
        notes: what was drawn again, and what was not.
    """

    ranks: RankIntervals
    values: Floats
    entries: tuple[str, ...]
    columns: tuple[Column, ...]
    classes: Mapping[str, Mapping[str, RankInterval]]
    notes: tuple[str, ...]


def board_uncertainty(
    board: Board, runs: Iterable[StoredRun], *, replicas: int = REPLICAS, seed: int = 0
) -> BoardUncertainty:
    """Return the intervals of a board's ranks from a bootstrap over signals, seeds and events.

    Events are those of the stored scores, drawn by source and alike for all entries. Entries without scores keep their
    figures: signals and seeds alone move reference results, signals alone published ones.

    Args:
        board: the board; its own ranking and deciding metric.
        runs: the runs behind its entries, and any others.
        replicas: how many replicas.
        seed: of all draws.

    Raises:
        DataError: stored scores are damaged.
    """
    columns = board.ranked[board.metric.name]
    table = score_table(board.entries, columns, board.metric)
    by_key = {run.record.key: run for run in runs if run.has_scores}
    values = replicated_values(board, by_key, columns, table.values, replicas, seed)
    twins = {entry.name: entry.twin_of for entry in board.entries if entry.twin_of in table.entries}
    found = rank_intervals(table, board.ranking, replicas=replicas, seed=seed, values=values, twins=twins)
    supervision = {entry.name: entry.supervision for entry in board.entries}
    classes = within_classes(found, supervision, board.higher_wins)
    bare = [entry.name for entry in board.entries if not by_key.keys() >= set(entry.keys)]
    return BoardUncertainty(found, values, table.entries, tuple(columns), classes, tuple(_notes(board, found, bare)))


def replicated_values(
    board: Board, runs: Mapping[str, StoredRun], columns: Iterable[Column], values: Floats, replicas: int, seed: int
) -> Floats:
    """Return float64 (n_replicas, n_entries, n_columns): the deciding figure on events and trainings drawn again.

    Args:
        board: the board.
        runs: stored runs with scores, by key.
        columns: which columns.
        values: float64 (n_entries, n_columns), the figures themselves, for what has no scores.
        replicas: how many replicas.
        seed: of the draws.
    """
    found = np.repeat(values[None], replicas, axis=0)
    if not _can_be_replicated(board.metric):
        return found
    for j, (channel, signal) in enumerate(columns):
        own: list[tuple[int, list[StoredRun]]] = []
        for i, entry in enumerate(board.entries):
            if np.isnan(values[i, j]):
                continue
            of_seeds = entry.cells[channel, signal][board.metric.name].by_seed
            here = [runs[key] for key in entry.keys if key in runs and runs[key].record.identity.channel == channel]
            if here and len(here) == len(of_seeds):
                own.append((i, here))
            elif of_seeds:
                rng = np.random.default_rng([2, seed, _number(channel), _number(entry.name)])
                found[:, i, j] = combine_seeds([np.full(replicas, v) for v in of_seeds.values()], replicas, rng)
        pairs = [_pair(run, board.entries[i], signal, board.halves) for i, some in own for run in some]
        if not pairs:
            continue
        figures = _figure(board.metric, pairs, replicas, [seed, _number(channel), _number(signal)])
        place = 0
        for i, some in own:
            trainings = [figures[:, k] for k in range(place, place + len(some))]
            place += len(some)
            rng = np.random.default_rng([2, seed, _number(channel), _number(board.entries[i].name)])
            found[:, i, j] = combine_seeds(trainings, replicas, rng)
    return found


def _pair(run: StoredRun, entry: Entry, signal: str, halves: bool) -> Pair:
    ((_, background, events),) = samples_of(run, entry.score, halves=halves, signals={signal})
    return Pair(background, events)


def _can_be_replicated(metric: Metric) -> bool:
    kinds = (AreaUnderCurve, SignalEfficiency, SignificanceImprovement, MaxSignificanceImprovement)
    return isinstance(metric, kinds)


def _figure(metric: Metric, pairs: list[Pair], replicas: int, seed: list[int]) -> Floats:
    """Return float64 (n_replicas, n_pairs): the figure on bootstrapped events."""
    if isinstance(metric, AreaUnderCurve):
        return replicate(pairs, [AREA], replicas, seed)[:, :, 0]
    if isinstance(metric, SignalEfficiency):
        return replicate(pairs, [metric.background_efficiency], replicas, seed)[:, :, 0]
    if isinstance(metric, SignificanceImprovement):
        point = metric.background_efficiency
        return np.asarray(replicate(pairs, [point], replicas, seed)[:, :, 0] / np.sqrt(point), np.float64)
    background = ordered(pairs[0].background, "background")
    points = [w for w in WORKING_POINTS if is_measured(background, w)] or list(WORKING_POINTS)
    return np.asarray(np.max(replicate(pairs, points, replicas, seed) / np.sqrt(points), axis=2), np.float64)


def _number(name: str) -> int:
    """Return a number for a name, the same in every process."""
    return zlib.crc32(name.encode())


def _notes(board: Board, found: RankIntervals, bare: list[str]) -> list[str]:
    """Return what was drawn again; `bare` are entries with runs that have no scores."""
    own = [entry for entry in board.entries if entry.keys]
    scored = [entry for entry in own if entry.name not in bare]
    drawn = [f"{found.clusters} signals" + (" (one that is in several channels counts once)" if _shared(board) else "")]
    if any(len(entry.seeds) > 1 for entry in own):
        drawn.append("seeds")
    if scored and _can_be_replicated(board.metric):
        drawn.append("events, the same ones for all entries")
    notes = [f"68 % intervals of ranks from {found.replicas} replicas that draw again: {', '.join(drawn)}"]
    if bare and _can_be_replicated(board.metric):
        notes.append(f"without stored scores, as reference results are, events are not drawn again: {_few(bare)}")
    if own and not _can_be_replicated(board.metric):
        notes.append(f"events are not drawn again for {board.metric.name}: that is done for AUC, eps_S and SI")
    if any(entry.source == "published" for entry in board.entries):
        notes.append("published entries have no scores: only signals are drawn again for them")
    single = [entry.name for entry in own if len(entry.seeds) == 1]
    if single:
        notes.append(f"one seed: the spread of trainings is not known and not in the interval of {_few(single)}")
    if found.clusters < _FEW_CLUSTERS:
        notes.append(f"{found.clusters} signals are too few to say how ranks would be on others")
    return notes


_FEW_CLUSTERS = 6


def _shared(board: Board) -> bool:
    signals = [signal for _, signal in board.ranked[board.metric.name]]
    return len(set(signals)) < len(signals)


def _few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
