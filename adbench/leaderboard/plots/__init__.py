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
    """

    module: str
    summary: str


KINDS = {
    "boxes": Kind("boxes", "the paper's box-and-whisker comparison: entries over all signals, four panels"),
    "signals": Kind("signals", "each signal: a box over all entries, four panels"),
    "improvement": Kind("improvement", "total improvement: median over signals against the best, spans drawn"),
    "roc": Kind("curves", "ROC curves with 68 % bands, one panel per signal of a channel"),
    "sic": Kind("curves", "significance improvement against background efficiency, likewise"),
    "ranks": Kind("ranks", "heat map of the rank of each entry on each signal"),
    "pairwise": Kind("pairwise", "who can be told apart: all pairs of entries, corrected for their number"),
    "pareto": Kind("pareto", "score against training time, with the front that nobody beats in both"),
    "histogram": Kind("histogram", "histograms of scores: background and signals"),
    "correlation": Kind("correlation", "which detectors agree: Spearman correlation on test background"),
    "processes": Kind("processes", "share of each SM process that a detector selects, at each working point"),
    "latent": Kind("latent", "latent or loss space of a detector: two coordinates, and two principal components"),
    "shapes": Kind("shapes", "MET, HT and m_jj of the background that a detector selects"),
}
"""All kinds of figures."""


def draw(request: Request) -> Figure:
    """Return the figure that is asked for; raise UnknownNameError when there is no such kind."""
    if request.kind not in KINDS:
        raise UnknownNameError("figure", request.kind, KINDS, "adbench plot --list")
    module = importlib.import_module(f"adbench.leaderboard.plots.{KINDS[request.kind].module}")
    figure: Figure = module.draw(request)
    return figure
