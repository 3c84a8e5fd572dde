"""Box-and-whisker comparison of entries, in the layout of figures 12 to 17 of arXiv:2105.14027.

Up to four panels, those that somebody could measure: AUC on a linear axis, signal efficiency at three background
efficiencies on logarithmic ones. A box spans the quartiles of an entry's figures over all (channel, signal) pairs, the
line is the median, whiskers reach the most extreme point within 1.5 interquartile ranges. A panel that rests on another
number of pairs than the title says has its own number above it. Colour says which place an entry has by the panel's own
figure. Zeros lie off the logarithmic scale, to the left, as in the publication.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adbench.api.metric import Metric
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.wording import counted, title
from adbench.plotting import COLOURS, GREY, WIDTHS, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_boxes", "selected"]

PANELS = ("auc", "eps_s@1e-2", "eps_s@1e-3", "eps_s@1e-4")
PLACES = ("best", "2nd", "3rd", "4th", "5th")
_COLOURS = COLOURS[: len(PLACES)]
_BEYOND = GREY
_OFF_SCALE = 1e-10


def selected(board: Board) -> list[Entry]:
    """Return the entries that are among the best five by a panel's figure, in the order of the board."""
    return [e for e in board.entries if any(_place(e, name) < len(PLACES) for name in PANELS)]


def draw_boxes(board: Board, *, width: float = WIDTHS["double"], everybody: bool = False) -> Figure:
    """Return the figure, best entry on top; a line below the title says what is not drawn: entries, panels.

    Args:
        board: a ranked board.
        width: of the figure in inches.
        everybody: draw all entries, not the best five by each panel's figure.
    """
    from matplotlib.figure import Figure

    entries = list(board.entries) if everybody else selected(board)
    known = [metric for name in PANELS for metric in board.metrics if metric.name == name]
    panels = [metric for metric in known if board.ranked[metric.name]]
    figure = Figure(figsize=(width, 1.9 + 0.32 * max(3, len(entries))), layout="constrained")
    lines = [title(board)]
    scored = sum(entry.coverage > 0 for entry in board.entries)
    if len(entries) < scored:
        lines.append(f"{len(entries)} of {scored} entries: the best five by each figure")
    if len(panels) < len(known):
        missing = ", ".join(metric.label for metric in known if metric not in panels)
        lines.append(f"unmeasured, too little background: {missing}")
    figure.suptitle(wrapped(lines, width, per_inch=14), parse_math=False, fontsize=9)
    if not panels:
        return figure
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for panel, metric in zip(axes, panels, strict=True):
        _draw_panel(panel, board, entries, metric)
    axes[0].set_yticks(range(1, len(entries) + 1), [entry.name for entry in entries])
    axes[0].set_ylim(max(1, len(entries)) + 0.6, 0.4)
    figure.align_xlabels()
    for label in axes[0].get_yticklabels():
        label.set_parse_math(False)
    _add_legend(figure, {min(_place(e, metric.name), len(PLACES)) for e in entries for metric in panels})
    return figure


def _add_legend(figure: Figure, places: set[int]) -> None:
    from matplotlib.patches import Patch

    if places:
        named = [*zip(_COLOURS, PLACES, strict=True), (_BEYOND, "beyond")]
        handles = [Patch(color=named[place][0], label=named[place][1]) for place in sorted(places)]
        figure.legend(
            handles=handles, loc="outside lower center", ncols=6 if figure.get_figwidth() > 5.0 else 3, frameon=False
        )


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
    if len(columns) != len(board.ranked[board.metric.name]):
        one_channel = len({channel for channel, _ in board.columns}) == 1
        axes.set_title(counted(len(columns), "signal" if one_channel else "pair"))
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
