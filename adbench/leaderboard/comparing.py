"""Which entries of a board can be told apart: their differences on the same drawn signals, seeds and events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from adbench.api.errors import MissingError, UsageError
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.uncertainty import board_uncertainty
from adbench.leaderboard.wording import counted, decimals, number, title
from adbench.runs.store import StoredRun
from adbench.statistics.pairwise import Comparison, compare_pairs, letters
from adbench.statistics.rank_intervals import RankInterval

__all__ = ["LEVEL", "MOST", "BoardComparison", "compare_board", "comparison_json", "comparison_rows"]

LEVEL = 0.05
"""Entries are told apart below this probability: the chance of one false claim or more among all pairs."""

MOST = 12
"""Entries that are compared unless told otherwise."""

_REPLICAS = 500
_OF_MEANS = ("mean", "average_rank")
_FEW_SIGNALS = 6


@dataclass(frozen=True, slots=True)
class BoardComparison:
    """Entries of a board compared pair by pair.

    Attributes:
        board: the board.
        entries: the compared ones, best first.
        letters: of each entry: those who share one cannot be told apart.
        pairs: all pairs.
        notes: what the probabilities mean.
    """

    board: Board
    entries: tuple[RankInterval, ...]
    letters: tuple[str, ...]
    pairs: tuple[Comparison, ...]
    notes: tuple[str, ...]

    def told_apart(self, pair: Comparison) -> bool:
        """Tell whether two entries can be told apart at `LEVEL`."""
        return pair.adjusted < LEVEL


def compare_board(
    board: Board,
    runs: Iterable[StoredRun],
    names: Sequence[str] = (),
    *,
    most: int = MOST,
    replicas: int = _REPLICAS,
    seed: int = 0,
) -> BoardComparison:
    """Return the pairwise comparison of entries of a board by its ranking's statistic and deciding metric.

    Args:
        board: a board ranked by a mean over signals: ``mean`` or ``average_rank``.
        runs: the runs behind its entries, and any others.
        names: entries to compare; empty = the first ranked ones.
        most: how many of the first.
        replicas: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        UsageError: another ranking, or a single signal.
        MissingError: fewer than two entries have a rank.
    """
    if board.ranking.name not in _OF_MEANS:
        msg = (
            f"entries are compared by a mean over signals, and '{board.ranking.name}' is none: too few signals decide "
            f"it for a bootstrap; give --ranking {' or '.join(_OF_MEANS)}"
        )
        raise UsageError(msg)
    found = board_uncertainty(board, runs, replicas=replicas, seed=seed)
    ranked = found.ranks.intervals
    places = [i for i, one in enumerate(ranked) if one.entry in names] if names else list(range(len(ranked)))[:most]
    if len(places) < 2:
        msg = "a comparison needs two entries with a rank; run another detector on these channels: adbench run"
        raise MissingError(msg)
    entries = tuple(ranked[i] for i in places)
    better = 1.0 if board.higher_wins else -1.0
    values = np.array([one.statistic for one in entries])
    pairs = compare_pairs(better * values, better * found.ranks.statistics[:, places], found.ranks.clusters)
    groups = letters(len(entries), [(pair.first, pair.second) for pair in pairs if pair.adjusted < LEVEL])
    lost = len(ranked) - len(entries)
    drawn = found.notes[0].removeprefix("68 % intervals of ranks from ")
    notes = (*_meaning(len(pairs), found.ranks.clusters), *_left(lost), *_of_ranks(board), drawn, *found.notes[1:])
    return BoardComparison(board, entries, tuple(groups), tuple(pairs), notes)


def comparison_rows(found: BoardComparison) -> tuple[str, tuple[list[str], list[list[str]]]]:
    """Return title, and headings and rows: one per entry, then its difference to the best one."""
    to_best = {pair.second: pair for pair in found.pairs if pair.first == 0}
    sign = 1.0 if found.board.higher_wins else -1.0
    places = decimals(one.statistic for one in found.entries)
    rows = []
    for place, (one, group) in enumerate(zip(found.entries, found.letters, strict=True)):
        pair = to_best.get(place)
        rows.append(
            [
                one.entry,
                str(one.rank),
                number(one.statistic, places),
                group,
                "" if pair is None else f"{number(-sign * pair.difference, places)} ± {number(pair.error, places)}",
                "" if pair is None else _probability(pair.p),
                "" if pair is None else _probability(pair.adjusted),
            ]
        )
    headings = ["detector", "rank", found.board.ranking.label, "groups", "minus the best", "p", "p (Holm)"]
    return f"who can be told apart: {title(found.board)}", (headings, rows)


def comparison_json(found: BoardComparison) -> dict[str, Any]:
    """Return the comparison for programs: every pair."""
    names = [one.entry for one in found.entries]
    return {
        "ranking": found.board.ranking.name,
        "metric": found.board.metric.name,
        "level": LEVEL,
        "entries": [
            {"entry": one.entry, "rank": one.rank, "statistic": one.statistic, "groups": group}
            for one, group in zip(found.entries, found.letters, strict=True)
        ],
        "pairs": [
            {
                "better": names[pair.first],
                "worse": names[pair.second],
                "difference": pair.difference,
                "error": pair.error,
                "p": pair.p,
                "p_holm": pair.adjusted,
                "told_apart": found.told_apart(pair),
            }
            for pair in found.pairs
        ],
        "notes": list(found.notes),
    }


def _probability(p: float) -> str:
    return "<0.001" if p < 1e-3 else f"{p:.3f}"


def _meaning(pairs: int, clusters: int) -> list[str]:
    notes = [
        "entries that share a letter cannot be told apart: p is how often a difference as large would come by chance "
        f"on {counted(clusters, 'signal')} like these, Holm's p is corrected for {counted(pairs, 'pair')}, and letters "
        f"part below {LEVEL:g}; no letter in common does not say by how much, nor a common one that two are equal"
    ]
    if clusters < _FEW_SIGNALS:
        notes.append(f"{counted(clusters, 'signal')}: only large and steady differences can be seen")
    return notes


def _left(lost: int) -> list[str]:
    return [f"{lost:,} more ranked entries are not compared, nor corrected for"] if lost > 0 else []


def _of_ranks(board: Board) -> list[str]:
    if board.ranking.name != "average_rank":
        return []
    return ["a difference of average ranks depends on who else is on the board (Benavoli et al., JMLR 17 (2016) 5)"]
