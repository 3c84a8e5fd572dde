"""The box-and-whisker comparison of figures 12 to 17 of arXiv:2105.14027."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adbench.leaderboard.boxes import draw_boxes
from adbench.leaderboard.plots.request import Request

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw"]


def draw(request: Request) -> Figure:
    """Return the comparison of the named entries, or of the best five by each panel's figure."""
    board = request.board
    if request.entries:
        entries, _ = request.chosen_entries(len(request.entries))
        board = replace(board, entries=tuple(entries))
    return draw_boxes(board, width=request.inches, everybody=bool(request.entries))
