"""Total improvement: how much a detector would help over the signals, the best channel of each taken.

For one signal it is the largest max SI over the channels that have it (arXiv:2105.14027, section 5). An entry's point
is the median over signals against the largest. The vertical bar reaches from the smallest to the largest; the
horizontal one is the 68 % interval of the median, all figures of the entry fluctuating together, as on the board.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from adbench.api.errors import MissingError
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.plots.request import Request, legend_below
from adbench.plotting import GREY, colour, marker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "improvements"]

_NAMED = 8
_MOST_SPANS = 50  # the spans of more entries would hide each other
_FLOOR = 0.01  # zeros are drawn there


def improvements(entry: Entry, columns: tuple[tuple[str, str], ...]) -> dict[str, tuple[float, float, float]]:
    """Return the total improvement of each signal with all its cells as they are, at their lower and upper ends.

    Signals without a figure are left out; ends that were not published are NaN.
    """
    found: dict[str, tuple[float, float, float]] = {}
    for column in columns:
        cell = entry.cells[column]["max_si"]
        if not math.isnan(cell.value):
            ends = (cell.value, cell.low, cell.high)
            best = found.get(column[1], ends)
            found[column[1]] = (max(best[0], ends[0]), max(best[1], ends[1]), max(best[2], ends[2]))
    return found


def draw(request: Request) -> Figure:
    """Return the scatter of entries: median total improvement against the largest one, down to the smallest.

    Raises:
        MissingError: no signal of the board has a measured max SI.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    board = request.board
    columns = board.ranked.get("max_si", ())
    if not columns:
        msg = "max SI is unmeasured on every signal: too little background; take a larger edition"
        raise MissingError(msg)
    wanted, left = request.chosen_entries(len(board.entries))
    whole = [e for e in wanted if len(improvements(e, columns)) == len({signal for _, signal in columns})]
    lost = len(wanted) - len(whole)
    by_median = sorted(whole, key=lambda e: -float(np.median([v for v, _, _ in improvements(e, columns).values()])))
    figure = Figure(figsize=(request.inches, 0.62 * request.inches + 0.9), layout="constrained")
    panel = figure.subplots()
    handles: list[Any] = []
    for place in reversed(range(len(by_median))):
        entry = by_median[place]
        values = improvements(entry, columns)
        low, middle, high = (max(float(f([v for v, _, _ in values.values()])), _FLOOR) for f in (min, np.median, max))
        across = np.median(list(values.values()), axis=0)[1:]
        named = place < _NAMED
        style: Any = {"color": colour(place) if named else GREY, "zorder": 3 if named else 1}
        if named or len(by_median) <= _MOST_SPANS:
            panel.plot([middle, middle], [low, high], linewidth=0.7, alpha=0.9 if named else 0.25, **style)
        if named and not np.isnan(across).any():
            panel.plot(np.maximum(across, _FLOOR), [high, high], linewidth=1.6, **style)
        panel.plot([middle], [high], marker=marker(place) if named else ".", markersize=5 if named else 3, **style)
        if named:
            one = Line2D([], [], marker=marker(place), linewidth=0.7, color=colour(place), label=entry.name)
            handles.insert(0, one)
    panel.set(xscale="log", yscale="log", xlabel="median total improvement over signals")
    panel.set_ylabel("total improvement: smallest to largest signal")
    panel.grid(visible=True)
    panel.axvline(1.0, color="0.4", linestyle=":", linewidth=0.8)
    panel.axhline(1.0, color="0.4", linestyle=":", linewidth=0.8)
    signals = len({signal for _, signal in columns})
    spans = "" if len(by_median) <= _MOST_SPANS else ", with their spans"
    rest = f"the best {_NAMED} of {len(by_median):,} are named{spans}" if len(by_median) > _NAMED else ""
    bars = "; horizontal bars: 68 % intervals of the median" if any(entry.seeds for entry in by_median) else ""
    gone = f"{lost} entries without figures of every signal left out" if lost else ""
    title = request.heading(f"{signals} signals{bars}", left, rest, gone, channel=False)
    figure.suptitle(title, parse_math=False, fontsize=8)
    if handles:
        legend_below(figure, handles, 2 if request.width == "double" else 1)
    return figure
