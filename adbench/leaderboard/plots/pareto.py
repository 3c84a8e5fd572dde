"""What a better score costs: the board's figure against training time, and the front that nobody beats in both."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from adbench.api.errors import MissingError
from adbench.leaderboard.costs import Cost, board_costs
from adbench.leaderboard.plots.request import Request, legend_below
from adbench.leaderboard.wording import heading
from adbench.plotting import COLOURS, GREY, colour, marker

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw"]

_FASTEST = 0.01  # seconds: what takes less is drawn there


def draw(request: Request) -> Figure:
    """Return the scatter: filled markers on the front, open ones behind; lines span the runs and the 68 % interval.

    Raises:
        MissingError: no ranked entry, of those that are to be drawn, has a training time.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    board = request.board
    entries, _ = request.chosen_entries(len(board.entries))
    names = {entry.name for entry in entries}
    found = board_costs(board, request.runs)
    costs = [cost for cost in found.costs if cost.entry.name in names]
    if not costs:
        msg = f"{', '.join(sorted(names))}: no rank or no time of a training; run it on every channel of the board"
        raise MissingError(msg)
    legend_columns = 3 if request.width == "double" else 1
    rows = -(-len(costs) // legend_columns) + 1
    figure = Figure(figsize=(request.inches, 0.8 + max(2.4, 0.45 * request.inches) + 0.16 * rows), layout="constrained")
    panel = figure.subplots()
    handles: list[Any] = []
    for place, cost in enumerate(costs):
        named = place < len(COLOURS) * 2
        hue = colour(place) if named else GREY
        shape = marker(place) if named else "."
        style: Any = {"marker": shape, "color": hue, "markerfacecolor": hue if cost.on_front else "white"}
        _point(panel, cost, board.metric.name, style)
        if named:
            handles.append(Line2D([], [], linestyle="none", markersize=5, label=cost.entry.name, **style))
    front = sorted((max(c.seconds, _FASTEST), c.entry.standings[board.metric.name].value) for c in costs if c.on_front)
    slowest = max(max(cost.seconds, _FASTEST) for cost in costs)
    steps = [*front, *([(slowest, front[-1][1])] if front else [])]
    panel.step(*np.array(steps).reshape(-1, 2).T, where="post", color="0.4", linewidth=0.8, linestyle=":", zorder=1)
    panel.set(xscale="log", xlabel="time of a training [s]", ylabel=heading(board.ranking, board.metric))
    panel.grid(visible=True)
    if not board.higher_wins:
        panel.invert_yaxis()
    if any(cost.seconds < _FASTEST for cost in costs):
        handles.append(Line2D([], [], linestyle="none", label=f"left edge: {_FASTEST:g} s or less"))
    note = "filled, dotted line: nobody is both cheaper and better; lines: fastest to slowest run, 68 % interval"
    figure.suptitle(request.heading(note, *found.notes[1:], channel=False), parse_math=False, fontsize=8)
    legend_below(figure, handles, legend_columns)
    return figure


def _point(panel: Axes, cost: Cost, metric: str, style: dict[str, Any]) -> None:
    one = cost.entry.standings[metric]
    x = max(cost.seconds, _FASTEST)
    thin = {"color": style["color"], "linewidth": 0.8, "zorder": 2}
    panel.plot([max(cost.shortest, _FASTEST), max(cost.longest, _FASTEST)], [one.value] * 2, **thin)
    if not math.isnan(one.low):
        panel.plot([x, x], [one.low, one.high], **thin)
    panel.plot([x], [one.value], markersize=5, zorder=3, linestyle="none", **style)
