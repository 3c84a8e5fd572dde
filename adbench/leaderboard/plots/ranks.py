"""Where each entry stands on each signal: a heat map of ranks, by the rule of the ranking ``average_rank``.

Equal figures share the mean of their places. Entries without any figure take no place, and published entries that are
copies of another one take none beside it, as on the board. An entry that lacks signals is ranked on the others, where
``average_rank`` leaves it out; the title says so.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.plots.request import Request, plain
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.wording import counted
from adbench.rankings.ranks import midranks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["column_ranks", "draw", "placed"]

Floats = NDArray[np.float64]
_MOST = 25
_LARGEST, _SMALLEST = 7.0, 5.0  # sizes of numbers in points
_DIGIT, _POINT = 0.64, 0.32  # widths over the size
_LINE = 13.7  # height of a row in points


def column_ranks(values: Floats, *, higher_is_better: bool = True) -> Floats:
    """Return the rank of each entry in each column, 1 = best, equal figures share a mean place; NaN stays NaN.

    Args:
        values: float64 (entries, columns), NaN where there is no figure.
        higher_is_better: the direction of the figure.

    Example:
        >>> column_ranks(np.array([[0.9], [0.7], [np.nan], [0.7]])).T
        array([[1. , 2.5, nan, 2.5]])
    """
    ranks = np.full(values.shape, math.nan)
    for place, column in enumerate(values.T if higher_is_better else -values.T):
        there = ~np.isnan(column)
        ranks[there, place] = midranks(column[there, None])[:, 0]
    return ranks


def placed(board: Board) -> list[Entry]:
    """Return the entries that take a place: those with figures, each of several identical published ones once."""
    names = {entry.name for entry in board.entries}
    return [entry for entry in board.entries if entry.coverage > 0 and entry.twin_of not in names]


def draw(request: Request) -> Figure:
    """Return the heat map for the figure that decides the board; ranks are among all entries that take a place.

    Raises:
        MissingError: the figure is unmeasured on every signal.
    """
    from matplotlib.figure import Figure

    board, metric = request.board, request.board.metric
    columns = board.ranked[metric.name]
    if not columns:
        msg = f"{metric.name} is unmeasured on every signal; draw another with --metric"
        raise MissingError(msg)
    counting = placed(board)
    asked = request if request.entries else replace(request, board=replace(board, entries=tuple(counting)))
    entries, left = asked.chosen_entries(_MOST)
    values = np.array([[entry.cells[c][metric.name].value for c in columns] for entry in counting])
    all_ranks = column_ranks(values, higher_is_better=metric.higher_is_better)
    places = {entry.name: row for entry, row in zip(counting, all_ranks, strict=True)}
    nothing = np.full(len(columns), math.nan)
    ranks = np.array([places.get(entry.twin_of, places.get(entry.name, nothing)) for entry in entries])
    size = (request.inches, 1.9 + _LINE / 72.0 * len(entries) + 0.01 * max(len(signal) for _, signal in columns))
    figure = Figure(figsize=size, layout="constrained")
    panel = figure.subplots()
    image = panel.imshow(ranks, aspect="auto", cmap="cividis_r", vmin=1, vmax=max(2, len(counting)))
    panel.set_yticks(range(len(entries)), [entry.name for entry in entries])
    labels = [f"{signal} ({channel})" for channel, signal in columns]
    panel.set_xticks(range(len(columns)), labels, rotation=55, ha="right", rotation_mode="anchor", fontsize=6)
    plain([*panel.get_yticklabels(), *panel.get_xticklabels()])
    bar = figure.colorbar(image, ax=panel, pad=0.01, fraction=0.03)
    bar.set_label(f"rank among {len(counting)}")
    unmeasured = len(board.columns) - len(columns)
    note = f"{unmeasured} signals left out: unmeasured, too little background" if unmeasured else ""
    twins = sum(entry.twin_of in places for entry in board.entries)
    copies = f"{counted(twins, 'row')} with the same figures as another one counted once" if twins else ""
    partial = sum(entry.coverage < 1.0 for entry in counting)
    gaps = f"{partial} of {len(counting)} without some signals, ranked on the others" if partial else ""
    rule = f"{metric.label}; equal figures share the mean of their places; – no figure"
    figure.suptitle(request.heading(rule, left, gaps, copies, note, channel=False), parse_math=False, fontsize=8)
    _write(panel, ranks, dark=0.5 * max(2, len(counting)))
    return figure


def _write(panel: Axes, ranks: Floats, dark: float) -> None:
    """Write ranks into the cells: upright where they fit, else on their side in higher rows, else not at all.

    Args:
        panel: the heat map, in a figure whose title, labels and colour bar are there.
        ranks: float64 (entries, columns).
        dark: the rank beyond which the colour asks for white numbers.
    """
    texts = [["–" if math.isnan(rank) else f"{rank:.4g}" for rank in row] for row in ranks]
    longest = max(sum(_POINT if sign == "." else _DIGIT for sign in text) for row in texts for text in row)
    figure: Any = panel.figure
    figure.draw_without_rendering()
    room = 0.92 * panel.get_window_extent().width * 72.0 / figure.dpi / ranks.shape[1]
    style: dict[str, Any] = {"fontsize": min(_LARGEST, room / longest)}
    if style["fontsize"] < _SMALLEST:
        style = {"fontsize": min(_SMALLEST + 0.5, 1.1 * room), "rotation": 90}
        if style["fontsize"] < _SMALLEST:
            return
        higher = max(0.0, style["fontsize"] * longest + 4.0 - _LINE)
        figure.set_figheight(figure.get_figheight() + higher / 72.0 * len(ranks))
    for row, line in enumerate(texts):
        for place, text in enumerate(line):
            colour = "white" if ranks[row, place] > dark else "black"
            panel.text(place, row, text, ha="center", va="center", color=colour, **style)
