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


def draw(request: Request) -> Figure:
    """Return a triangle of differences, better entry left; pairs that cannot be told apart are white.

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
    wide = min(request.inches, 2.4 + 0.45 * k)
    figure = Figure(figsize=(request.inches, 0.75 * wide + 0.9), layout="constrained")
    panel = figure.subplots()
    image = panel.imshow(sure, aspect="auto", cmap="Blues", vmin=0.0, vmax=_SUREST)
    places = decimals(pair.difference for pair in found.pairs)
    for pair in found.pairs:
        text = number(abs(pair.difference), places)
        dark = sure[pair.first, pair.second] > 0.6 * _SUREST
        panel.text(
            pair.second, pair.first, text, ha="center", va="center", fontsize=6 if k < 10 else 5,
            color="white" if dark else "black" if found.told_apart(pair) else "0.45",
        )  # fmt: skip
    statistics = decimals(one.statistic for one in found.entries)
    names = [
        f"{one.entry}  {number(one.statistic, statistics)}  {group}"
        for one, group in zip(found.entries, found.letters, strict=True)
    ]
    panel.set_yticks(range(k - 1), names[:-1])
    panel.set_ylim(k - 1.5, -0.5)
    panel.set_xlim(0.5, k - 0.5)
    panel.set_xticks(range(1, k), names[1:], rotation=45, ha="right", rotation_mode="anchor")
    plain([*panel.get_yticklabels(), *panel.get_xticklabels()])
    bar = figure.colorbar(image, ax=panel, shrink=0.8, ticks=[0, 2, 4])
    bar.ax.set_yticklabels(["not told apart", "p = 0.01", "p < 0.0001"])
    board = request.board
    left = len(board.entries) - k
    lines = (
        f"difference of {board.ranking.label} ({board.metric.label}); white: p above {LEVEL:g} after Holm's correction",
        "entries that share a letter cannot be told apart",
        f"{left:,} more {'entry is' if left == 1 else 'entries are'} not compared" if left else "",
    )
    figure.suptitle(request.heading(*lines, channel=False), parse_math=False, fontsize=8)
    return figure
