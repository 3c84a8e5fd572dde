"""Figures, one file per kind; the module of a kind is imported when it is drawn."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adbench.api.errors import UnknownNameError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from adbench.leaderboard.plots.request import Request

__all__ = ["KINDS", "Kind", "draw"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure.

    Attributes:
        module: where its function ``draw(request)`` is.
        summary: what it shows, for a list.
        of_channel: it shows one channel, not the whole board.
        needs_more: it needs more than figures and scores: events, or coordinates.
    """

    module: str
    summary: str
    of_channel: bool = False
    needs_more: bool = False


KINDS = {
    "boxes": Kind("boxes", "the paper's box-and-whisker comparison: entries over all signals, four panels"),
    "signals": Kind("signals", "each signal: a box over all entries, four panels"),
    "improvement": Kind("improvement", "total improvement: median over signals against the best, spans drawn"),
    "roc": Kind("curves", "ROC curves with 68 % bands, one panel per signal of a channel", of_channel=True),
    "sic": Kind("curves", "significance improvement against background efficiency, likewise", of_channel=True),
    "ranks": Kind("ranks", "heat map of the rank of each entry on each signal"),
    "pairwise": Kind("pairwise", "who can be told apart: all pairs of entries, corrected for their number"),
    "pareto": Kind("pareto", "score against training time, with the front that nobody beats in both"),
    "histogram": Kind("histogram", "histograms of scores: background and signals", of_channel=True),
    "correlation": Kind(
        "correlation", "which detectors agree: Spearman correlation on test background", of_channel=True
    ),
    "processes": Kind(
        "processes",
        "share of each SM process that a detector selects, at each working point",
        of_channel=True,
        needs_more=True,
    ),
    "latent": Kind(
        "latent",
        "latent or loss space of a detector: two coordinates, and two principal components",
        of_channel=True,
        needs_more=True,
    ),
    "shapes": Kind(
        "shapes",
        "MET, HT and searched masses of the background that a detector selects",
        of_channel=True,
        needs_more=True,
    ),
}
"""All kinds of figures."""


def draw(request: Request) -> Figure:
    """Return the figure that is asked for; raise UnknownNameError when there is no such kind."""
    if request.kind not in KINDS:
        raise UnknownNameError("figure", request.kind, KINDS, "adbench plot --list")
    module = importlib.import_module(f"adbench.leaderboard.plots.{KINDS[request.kind].module}")
    figure: Figure = module.draw(request)
    return figure
