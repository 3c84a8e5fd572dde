"""The words and numbers of a board, the same in a terminal, in Markdown and on figures."""

from __future__ import annotations

import math
from collections.abc import Iterable

from adbench.leaderboard.board import Board
from adbench.leaderboard.entries import Entry, Gap

__all__ = ["coverage", "decimals", "duration", "gap_lines", "number", "seeds", "title"]


def title(board: Board) -> str:
    """Return what the board compares: ``darkmachines · sample · all channels · mean AUC · 34 signals``."""
    few = board.channel != "all" or len(board.channels) < 4
    names = f"channel{'s' * (len(board.channels) > 1)} {', '.join(board.channels)}"
    counted, all_of_them = len(board.ranked[board.metric.name]), len(board.columns)
    signals = f"{counted} signals" if counted == all_of_them else f"{counted} of {all_of_them} signals"
    method = board.ranking.name.replace("_", " ")
    figure = board.ranking.label if board.ranking.figure else f"{method} {board.metric.label}"
    compat = [board.compat] if board.compat else []
    return " · ".join([board.dataset, board.edition, names if few else "all channels", figure, signals, *compat])


def seeds(board: Board) -> str:
    """Return what the intervals are and how many seeds stand behind the entries."""
    counts = sorted({len(entry.seeds) for entry in board.entries if entry.seeds})
    if counts in ([], [1]):
        return "68 % intervals, 1 seed"
    span = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"68 % intervals, mean of {span} seeds ± their spread"


def coverage(entry: Entry, board: Board) -> str:
    """Return in how many columns an entry has scores: ``34/34``."""
    return f"{round(entry.coverage * len(board.columns))}/{len(board.columns)}"


def decimals(values: Iterable[float]) -> int:
    """Return how many decimals a column of figures is shown with: three digits of the largest; none for whole numbers.

    Example:
        >>> decimals([0.912, 0.5]), decimals([0.012]), decimals([12.3, 4.0])
        (3, 4, 1)
    """
    finite = [abs(value) for value in values if math.isfinite(value)]
    if finite and all(value == int(value) for value in finite):
        return 0
    largest = max(finite, default=1.0)
    return min(5, max(1, 2 - math.floor(math.log10(largest)))) if largest > 0.0 else 3


def number(value: float, places: int) -> str:
    """Return a figure as text; empty where there is none."""
    return "" if math.isnan(value) else f"{value:.{places}f}"


def duration(seconds: float) -> str:
    """Return a time with two digits: ``0.3 s``, ``42 s``, ``12 min``, ``3.2 h``.

    Example:
        >>> duration(0.31), duration(95.0), duration(720.0), duration(11500.0)
        ('0.3 s', '95 s', '12 min', '3.2 h')
    """
    if math.isnan(seconds):
        return ""
    if seconds < 0.05:
        return "<0.1 s"
    for limit, scale, unit in ((99.5, 1.0, "s"), (99.5 * 60, 60.0, "min"), (math.inf, 3600.0, "h")):
        if seconds < limit:
            return f"{seconds / scale:.{0 if seconds / scale >= 9.95 else 1}f} {unit}"
    return "inf"


def gap_lines(board: Board) -> list[str]:
    """Return one line for each entry and reason of missing scores, with the channels it concerns."""
    lines = []
    for entry in board.entries:
        by_reason: dict[tuple[str, tuple[int, ...]], list[Gap]] = {}
        for gap in entry.gaps:
            by_reason.setdefault((gap.reason, gap.seeds), []).append(gap)
        for (reason, which), gaps in by_reason.items():
            channels = [gap.channel for gap in gaps]
            where = f"channel{'s' * (len(channels) > 1)} {', '.join(channels)}"
            seeds_text = f", seed{'s' * (len(which) > 1)} {', '.join(map(str, which))}" if any(which) else ""
            lines.append(f"{entry.name}, {where}{seeds_text}: {reason}")
    return lines
