"""Where each entry stands on each signal: a heat map of ranks, ties share the best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError
from adbench.leaderboard.plots.request import Request, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["column_ranks", "draw"]

Floats = NDArray[np.float64]
_MOST = 25


def column_ranks(values: Floats, *, higher_is_better: bool = True) -> Floats:
    """Return the rank of each entry in each column, 1 = best, equal figures share a rank; NaN stays NaN.

    Args:
        values: float64 (entries, columns), NaN where there is no figure.
        higher_is_better: the direction of the figure.
    """
    signed = values if higher_is_better else -values
    better = np.sum(signed[None, :, :] > signed[:, None, :], axis=1)  # comparisons with NaN are false
    return np.where(np.isnan(values), math.nan, better + 1.0)


def draw(request: Request) -> Figure:
    """Return the heat map for the figure that decides the board; ranks are among all entries of the board.

    Raises:
        MissingError: the figure is unmeasured on every signal.
    """
    from matplotlib.figure import Figure

    board, metric = request.board, request.board.metric
    columns = board.ranked[metric.name]
    if not columns:
        msg = f"{metric.name} is unmeasured on every signal; draw another with --metric"
        raise MissingError(msg)
    entries, left = request.chosen_entries(_MOST)
    values = np.array([[entry.cells[c][metric.name].value for c in columns] for entry in board.entries])
    all_ranks = column_ranks(values, higher_is_better=metric.higher_is_better)
    places = {entry.name: row for entry, row in zip(board.entries, all_ranks, strict=True)}
    ranks = np.array([places[entry.name] for entry in entries])
    size = (request.inches, 1.9 + 0.19 * len(entries) + 0.01 * max(len(signal) for _, signal in columns))
    figure = Figure(figsize=size, layout="constrained")
    panel = figure.subplots()
    image = panel.imshow(ranks, aspect="auto", cmap="cividis_r", vmin=1, vmax=max(2, len(board.entries)))
    small = 5.5 if len(columns) > 20 else 7.0
    for row in range(len(entries)):
        for place in range(len(columns)):
            rank = ranks[row, place]
            if math.isnan(rank):
                panel.text(place, row, "–", ha="center", va="center", fontsize=small)
            else:
                dark = rank > 0.5 * max(2, len(board.entries))
                panel.text(
                    place, row, f"{rank:.0f}", ha="center", va="center", fontsize=small,
                    color="white" if dark else "black",
                )  # fmt: skip
    panel.set_yticks(range(len(entries)), [entry.name for entry in entries])
    labels = [f"{signal} ({channel})" for channel, signal in columns]
    panel.set_xticks(range(len(columns)), labels, rotation=55, ha="right", rotation_mode="anchor", fontsize=6)
    plain([*panel.get_yticklabels(), *panel.get_xticklabels()])
    bar = figure.colorbar(image, ax=panel, pad=0.01, fraction=0.03)
    bar.set_label(f"rank among {len(board.entries)}")
    unmeasured = len(board.columns) - len(columns)
    note = f"{unmeasured} signals left out: unmeasured, too little background" if unmeasured else ""
    figure.suptitle(
        request.heading(f"{metric.label}; – no figure", left, note, channel=False), parse_math=False, fontsize=8
    )
    return figure
