"""The ranking methods that come with adbench."""

from __future__ import annotations

from adbench.api.hookspecs import hookimpl
from adbench.api.specs import RankingSpec

__all__ = ["SIX_RANKINGS", "TOTAL_IMPROVEMENTS", "adbench_rankings"]

SIX_RANKINGS = ("top_scorer", "top5_scorer", "average_rank", "mean", "median", "minimum")
TOTAL_IMPROVEMENTS = ("ti_min", "ti_median", "ti_max")

_HOMES = {
    "top_scorer": ("top:TOP_SCORER", "number of (channel, signal) columns in which an entry is the best"),
    "top5_scorer": ("top:TOP5_SCORER", "number of columns in which an entry is among the best five"),
    "average_rank": ("average_rank:AVERAGE_RANK", "mean rank over columns"),
    "mean": ("mean:MEAN", "mean of the figure over columns"),
    "median": ("median:MEDIAN", "median of the figure over columns"),
    "minimum": ("minimum:MINIMUM", "worst figure over columns"),
    "ti_min": ("total_improvement:TI_MIN", "max SI in the best channel, of the worst signal"),
    "ti_median": ("total_improvement:TI_MEDIAN", "max SI in the best channel, median over signals"),
    "ti_max": ("total_improvement:TI_MAX", "max SI in the best channel, of the best signal"),
}


@hookimpl
def adbench_rankings() -> list[RankingSpec]:
    """Return the six methods and the three total improvements."""
    return [
        RankingSpec(name=name, target=f"adbench.rankings.{target}", summary=summary)
        for name, (target, summary) in _HOMES.items()
    ]
