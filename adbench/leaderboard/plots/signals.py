"""Which signals are easy: a box over all entries for each signal (figure 11 of arXiv:2105.14027)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from adbench.leaderboard.boxes import PANELS
from adbench.leaderboard.plots.request import Request, legend_below
from adbench.plotting import colour as colour_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw"]

_OFF_SCALE = 1e-10


def draw(request: Request) -> Figure:
    """Return up to four panels; a row is a (signal, channel) pair, signals by name from the top, colour = channel."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    board = request.board
    entries, left = request.chosen_entries(len(board.entries))
    columns = sorted(board.columns, key=lambda column: (column[1], board.columns.index(column)))
    known = [metric for name in PANELS for metric in board.metrics if metric.name == name]
    panels = [metric for metric in known if board.ranked[metric.name]]
    missing = [metric.label for metric in known if metric not in panels]
    note = f"unmeasured, too little background: {', '.join(missing)}" if missing else ""
    size = (request.inches, 1.5 + 0.19 * max(4, len(columns)))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(1, max(1, len(panels)), sharey=True, squeeze=False)[0]
    channels = tuple(dict.fromkeys(channel for channel, _ in board.columns))
    behind = set()  # numbers of entries with a figure
    colour = {channel: colour_of(place) for place, channel in enumerate(channels)}
    for panel, metric in zip(axes, panels, strict=False):
        panel.set_xlabel(re.sub(r"ε_(\w)", r"$\\epsilon_\1$", metric.label))
        panel.grid(visible=True, axis="x")
        if metric.name == "auc":
            panel.set_xlim(0.0, 1.0)
        else:
            panel.set(xscale="log", xlim=(1e-4, 1.3))
        for row, column in enumerate(columns, start=1):
            values = [entry.cells[column][metric.name].value for entry in entries]
            there = [max(value, _OFF_SCALE) for value in values if not math.isnan(value)]
            if column in board.ranked[metric.name] and there:
                behind.add(len(there))
                panel.boxplot(
                    [there], positions=[row], orientation="horizontal", widths=0.65, patch_artist=True,
                    manage_ticks=False,
                    boxprops={"facecolor": colour[column[0]], "edgecolor": "black", "linewidth": 0.5, "alpha": 0.8},
                    medianprops={"color": "black", "linewidth": 1.1}, whiskerprops={"linewidth": 0.5},
                    capprops={"linewidth": 0.5}, flierprops={"marker": "o", "markersize": 2, "markeredgewidth": 0.4},
                )  # fmt: skip
    figure.suptitle(request.heading(_counts(behind), left, note, channel=False), parse_math=False, fontsize=8)
    axes[0].set_yticks(range(1, len(columns) + 1), [signal for _, signal in columns])
    for text in axes[0].get_yticklabels():
        text.set_parse_math(False)
    axes[0].set_ylim(len(columns) + 0.6, 0.4)
    handles = [Patch(facecolor=colour[c], edgecolor="black", linewidth=0.5, label=f"channel {c}") for c in channels]
    legend_below(figure, handles, 4)
    return figure


def _counts(behind: set[int]) -> str:
    """Return how many entries stand behind a box; empty where there is no box."""
    if not behind:
        return ""
    fewest, most = min(behind), max(behind)
    return f"each box: {most if fewest == most else f'{fewest} to {most}'} {'entry' if most == 1 else 'entries'}"
