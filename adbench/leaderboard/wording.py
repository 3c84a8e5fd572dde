"""The words and numbers of a board, the same in a terminal, in Markdown and on figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from adbench.api.metric import Metric
from adbench.api.ranking import Ranking
from adbench.leaderboard.entries import Entry, Gap
from adbench.leaderboard.ranked import Board

__all__ = [
    "comparison_heading",
    "comparison_title",
    "counted",
    "coverage",
    "decimals",
    "duration",
    "gap_lines",
    "heading",
    "note_line",
    "number",
    "seeds",
    "statistics",
    "title",
]


def title(board: Board) -> str:
    """Return what the board compares: ``darkmachines · sample · all channels · mean AUC · 34 channel-signal pairs``."""
    method = board.ranking.name.replace("_", " ")
    figure = board.metric.label if board.ranking.of_figure else f"({board.metric.label})"
    return _title(board, board.ranking.label if board.ranking.figure else f"{method} {figure}")


def comparison_title(board: Board) -> str:
    """Return the title of a table that shows several methods, from the board of the first."""
    return _title(board, f"rank (and figure) by each method, {board.metric.label}")


def _title(board: Board, figure: str) -> str:
    few = board.channel != "all" or len(board.channels) < 4
    names = f"channel{'s' * (len(board.channels) > 1)} {', '.join(board.channels)}"
    ranked, all_of_them = len(board.ranked[board.metric.name]), len(board.columns)
    what = "signal" if len({channel for channel, _ in board.columns}) == 1 else "channel-signal pair"
    signals = counted(all_of_them, what) if ranked == all_of_them else f"{ranked} of {counted(all_of_them, what)}"
    compat = [board.compat] if board.compat else []
    return " · ".join([board.dataset, board.edition, names if few else "all channels", figure, signals, *compat])


def heading(ranking: Ranking, metric: Metric) -> str:
    r"""Return what the numbers of a column are; a line break where it may be broken.

    Example:
        >>> from adbench.metrics.auc import AUC
        >>> from adbench.rankings.average_rank import AVERAGE_RANK
        >>> heading(AVERAGE_RANK, AUC)
        'average rank\n(AUC)'
    """
    label = metric.label.replace(" at ", " at\n")
    if ranking.of_figure:
        return label
    return ranking.label if ranking.figure else f"{ranking.label}\n({label})"


def comparison_heading(board: Board) -> str:
    """Return the heading of a method beside others, whose metric stands in the title."""
    itself = f"{board.ranking.label}\n{heading(board.ranking, board.metric)}"
    return itself if board.ranking.of_figure else board.ranking.label


def seeds(board: Board) -> str:
    """Return what the intervals are, where there are any, and how many seeds stand behind the entries."""
    counts = sorted({len(entry.seeds) for entry in board.entries if entry.seeds})
    if not counts:
        return "no intervals published" if board.published else "no scores"
    span = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    if board.compat:  # the published procedure has neither intervals nor a spread
        return "1 seed" if counts == [1] else f"mean of {span} seeds"
    return "68 % intervals, 1 seed" if counts == [1] else f"68 % intervals, mean of {span} seeds ± their spread"


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


def statistics(
    board: Board, entries: Sequence[Entry], metric: str, *, interval: bool = False, ranks: bool = False
) -> list[str]:
    """Return the statistic of each entry by a metric, with its interval or as ``2 (0.913)`` with its rank."""
    standings = [entry.standings[metric] for entry in entries]
    ends = [end for standing in standings for end in (standing.low, standing.high)] if interval else []
    places = decimals([*(standing.value for standing in standings), *ends])
    unmeasured = "" if board.ranked[metric] else "unmeasured"
    texts = []
    for standing in standings:
        text = number(standing.value, places) or unmeasured
        if interval and not math.isnan(standing.low):
            text += f" [{number(standing.low, places)}, {number(standing.high, places)}]"
        texts.append(f"{standing.rank} ({text})" if ranks and standing.rank else text)
    return texts


def counted(count: int, what: str) -> str:
    """Return a number with its noun: ``1 signal``, ``5 signals``."""
    return f"{count} {what}{'' if count == 1 else 's'}"


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


def gap_lines(board: Board, most: int | None = None) -> list[str]:
    """Return one line for each place and reason of missing scores, with the entries it concerns.

    Args:
        board: the board.
        most: name so many entries in a line and count the others; None = name all.
    """
    by_place: dict[str, list[str]] = {}
    for entry in board.entries:
        by_reason: dict[tuple[str, tuple[int, ...]], list[Gap]] = {}
        for gap in entry.gaps:
            by_reason.setdefault((gap.reason, gap.seeds), []).append(gap)
        for (reason, which), gaps in by_reason.items():
            channels = [gap.channel for gap in gaps]
            where = f"channel{'s' * (len(channels) > 1)} {', '.join(channels)}"
            seeds_text = f", seed{'s' * (len(which) > 1)} {', '.join(map(str, which))}" if any(which) else ""
            by_place.setdefault(f"{where}{seeds_text}: {reason}", []).append(entry.name)
    lines = []
    for place, names in by_place.items():
        more = 0 if most is None else len(names) - most
        who = ", ".join(names if more <= 0 else names[:most])
        lines.append(f"{who}{f' and {more} more' if more > 0 else ''}, {place}")
    return lines


def note_line(note: str) -> str:
    """Return a note as a line of its own that says whether it is one, or a warning."""
    return note if note.startswith("warning:") else f"note: {note}"
