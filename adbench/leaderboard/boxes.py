"""Box-and-whisker comparison of entries, in the layout of figures 12 to 17 of arXiv:2105.14027.

Four panels: AUC on a linear axis, signal efficiency at three background efficiencies on logarithmic ones. A box spans
the quartiles of an entry's figures over all (channel, signal) pairs, the line is the median, whiskers reach the most
extreme point within 1.5 interquartile ranges. Colour says which place an entry has by the panel's own figure. Zeros
lie off the logarithmic scale, to the left, as in the publication.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adbench.api.metric import Metric
from adbench.leaderboard.board import Board
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.wording import title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_boxes", "selected"]

PANELS = ("auc", "eps_s@1e-2", "eps_s@1e-3", "eps_s@1e-4")
PLACES = ("best", "2nd", "3rd", "4th", "5th")
_COLOURS = ("tab:blue", "tab:orange", "tab:green", "tab:red", "tab:purple")
_BEYOND = "0.65"
_OFF_SCALE = 1e-10


def selected(board: Board) -> list[Entry]:
    """Return the entries that are among the best five by a panel's figure, in the order of their names."""
    return sorted(
        (e for e in board.entries if any(_place(e, name) < len(PLACES) for name in PANELS)), key=lambda e: e.name
    )


def draw_boxes(board: Board) -> Figure:
    """Return the figure; a panel that nobody could measure says so instead."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    entries = selected(board)
    panels = [metric for name in PANELS for metric in board.metrics if metric.name == name]
    figure = Figure(figsize=(2.0 + 2.2 * max(1, len(panels)), 1.6 + 0.32 * max(3, len(entries))), layout="constrained")
    axes = figure.subplots(1, max(1, len(panels)), sharey=True, squeeze=False)[0]
    for panel, metric in zip(axes, panels, strict=False):
        _draw_panel(panel, board, entries, metric)
    axes[0].set_yticks(range(1, len(entries) + 1), [entry.name for entry in entries])
    axes[0].set_ylim(0.4, max(1, len(entries)) + 0.6)
    figure.align_xlabels()
    for label in axes[0].get_yticklabels():
        label.set_parse_math(False)
    handles = [Patch(color=colour, label=place) for colour, place in zip(_COLOURS, PLACES, strict=True)]
    figure.legend(
        handles=[*handles, Patch(color=_BEYOND, label="beyond")], loc="outside lower center", ncols=6, frameon=False
    )
    figure.suptitle(title(board), parse_math=False, fontsize=10)
    return figure


def _draw_panel(axes: Axes, board: Board, entries: Sequence[Entry], metric: Metric) -> None:
    axes.set_xlabel(re.sub(r"ε_(\w)", r"$\\epsilon_\1$", metric.label))
    axes.grid(visible=True, which="major", linewidth=0.4, color="0.85")
    axes.set_axisbelow(True)
    if metric.name == "auc":
        axes.set_xlim(0.0, 1.0)
    else:
        axes.set_xscale("log")
        axes.set_xlim(1e-4, 1.0)
    columns = board.ranked[metric.name]
    if not columns:
        axes.text(0.5, 0.5, "unmeasured:\ntoo little background", transform=axes.transAxes, ha="center", va="center")
        return
    for row, entry in enumerate(entries, start=1):
        values = [entry.cells[column][metric.name].value for column in columns]
        place = _place(entry, metric.name)
        colour = _COLOURS[place] if place < len(PLACES) else _BEYOND
        axes.boxplot(
            [[max(value, _OFF_SCALE) for value in values if not math.isnan(value)]],
            positions=[row],
            orientation="horizontal",
            widths=0.6,
            patch_artist=True,
            manage_ticks=False,
            boxprops={"facecolor": colour, "edgecolor": "black", "linewidth": 0.6, "alpha": 0.8},
            medianprops={"color": "black", "linewidth": 1.2},
            whiskerprops={"color": "black", "linewidth": 0.6},
            capprops={"color": "black", "linewidth": 0.6},
            flierprops={"marker": "o", "markersize": 3, "markeredgecolor": colour, "markerfacecolor": "none"},
        )


def _place(entry: Entry, metric: str) -> int:
    """Return how many places are better by this figure; a large number for an entry without a rank."""
    standing = entry.standings.get(metric)
    return 1_000_000 if standing is None or standing.rank is None else standing.rank - 1
