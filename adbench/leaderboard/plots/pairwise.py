"""Who can be told apart: the differences of all pairs of entries, coloured by how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adbench.leaderboard.comparing import LEVEL, MOST, compare_board
from adbench.leaderboard.plots.request import Request, plain
from adbench.leaderboard.wording import decimals, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw"]

_SUREST = 4.0  # decades of p
_LABELS = 2.6  # inches beside the cells
_OF_NUMBER = 0.28  # inches that a number needs


def draw(request: Request) -> Figure:
    """Return a triangle of differences, the better entry in the row; pairs that cannot be told apart are white.

    Raises:
        UsageError: the ranking is not a mean over signals, or there is one signal only.
        MissingError: fewer than two entries have a rank.
    """
    from matplotlib.figure import Figure

    request.chosen_entries(MOST)  # an unknown name ends here
    found = compare_board(request.board, request.runs, request.entries)
    k = len(found.entries)
    sure = np.full((k, k), np.nan)
    for pair in found.pairs:
        sure[pair.first, pair.second] = -np.log10(max(pair.adjusted, 1e-12)) if found.told_apart(pair) else 0.0
    room = (request.inches - _LABELS) / k  # inches of a cell
    figure = Figure(figsize=(request.inches, 1.3 + max(0.22, min(0.45, room)) * k), layout="constrained")
    panel = figure.subplots()
    image = panel.imshow(sure, aspect="auto", cmap="Blues", vmin=0.0, vmax=_SUREST)
    places = decimals(pair.difference for pair in found.pairs)
    for pair in found.pairs:
        dark = sure[pair.first, pair.second] > 0.6 * _SUREST
        if room > _OF_NUMBER:
            panel.text(
                pair.second, pair.first, number(abs(pair.difference), places), ha="center", va="center", fontsize=6,
                color="white" if dark else "black" if found.told_apart(pair) else "0.45",
            )  # fmt: skip
    statistics = decimals(one.statistic for one in found.entries)
    names = [
        f"{one.entry}  {number(one.statistic, statistics)}  {group}  {place}"
        for place, (one, group) in enumerate(zip(found.entries, found.letters, strict=True), start=1)
    ]
    panel.set_yticks(range(k), names)
    panel.set_xticks(range(k), [str(place) for place in range(1, k + 1)])
    panel.xaxis.tick_top()
    plain(panel.get_yticklabels())
    bar = figure.colorbar(image, ax=panel, shrink=0.8, pad=0.02, ticks=[0, 2, 4])
    bar.ax.set_yticklabels(["no", "0.01", "<0.0001"])
    bar.set_label("p, where told apart")
    board = request.board
    left = len(board.entries) - k
    lines = (
        f"difference of {board.ranking.label} ({board.metric.label}); white: p above {LEVEL:g} after Holm's correction",
        "entries that share a letter cannot be told apart",
        f"{left:,} more {'entry is' if left == 1 else 'entries are'} not compared" if left else "",
    )
    figure.suptitle(request.heading(*lines, channel=False), parse_math=False, fontsize=8)
    return figure
