"""The intervals of a board's ranks as a table and as JSON."""

from __future__ import annotations

from typing import Any

from adbench.leaderboard.ranked import Board
from adbench.leaderboard.uncertainty import BoardUncertainty
from adbench.leaderboard.wording import decimals, number, title
from adbench.statistics.rank_intervals import RankInterval

__all__ = ["uncertainty_json", "uncertainty_rows", "uncertainty_title"]


def uncertainty_title(board: Board) -> str:
    """Return what the table of intervals shows."""
    return f"ranks and their 68 % intervals: {title(board)}"


def uncertainty_rows(board: Board, found: BoardUncertainty) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows: the entries that are shown, best first."""
    shown = {entry.name: entry for entry in board.entries}
    intervals = [one for one in found.ranks.intervals if one.entry in shown]
    classes = {entry.name: entry.supervision for entry in board.entries}
    several = len(found.classes) > 1
    ends = [end for one in intervals for end in (one.statistic, one.statistic_low, one.statistic_high)]
    places = decimals(ends)
    rows = [
        [
            one.entry,
            str(one.rank),
            _span(one),
            f"{100 * one.first:.0f} %",
            f"{number(one.statistic, places)} [{number(one.statistic_low, places)}, "
            f"{number(one.statistic_high, places)}]",
            shown[one.entry].source,
            *(_in_class(found, one.entry, classes[one.entry]) if several else []),
        ]
        for one in intervals
    ]
    headings = ["detector", "rank", "68 %", "first in", board.ranking.label, "source"]
    return headings + (["class", "in class", "68 % in class"] if several else []), rows


def _in_class(found: BoardUncertainty, entry: str, supervision: str) -> list[str]:
    one = found.classes[supervision][entry]
    return [supervision, str(one.rank), _span(one)]


def _class_fields(found: BoardUncertainty, entry: str) -> dict[str, Any]:
    (supervision,) = [name for name, ranks in found.classes.items() if entry in ranks]
    one = found.classes[supervision][entry]
    return {
        "supervision": supervision,
        "rank_in_class": one.rank,
        "low_in_class": one.low,
        "high_in_class": one.high,
    }


def _span(one: RankInterval) -> str:
    return f"{one.low} to {one.high}" if one.low < one.high else str(one.low)


def uncertainty_json(found: BoardUncertainty) -> dict[str, Any]:
    """Return the intervals for programs."""
    fields = ("entry", "rank", "low", "high", "first", "statistic", "statistic_low", "statistic_high")
    return {
        "ranking": found.ranks.ranking,
        "metric": found.ranks.figure,
        "replicas": found.ranks.replicas,
        "signals": found.ranks.clusters,
        "entries": [
            {**{name: getattr(one, name) for name in fields}, **_class_fields(found, one.entry)}
            for one in found.ranks.intervals
        ],
        "notes": list(found.notes),
    }
