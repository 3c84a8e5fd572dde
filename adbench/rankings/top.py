"""Top scorer and top-5 scorer: in how many columns an entry is among the best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.ranking import Ranking, ScoreTable
from adbench.rankings.ranks import better_ranks

__all__ = ["TOP5_SCORER", "TOP_SCORER", "TopScorer"]


class TopScorer(Ranking):
    """Number of (channel, signal) columns in which an entry is among the best few.

    Equal values share the better rank, so several entries may win one column. A column in which every entry
    has zero gives no point: nobody has won it.

    Args:
        places: how many places of a column give a point.
        name: name of the method.
        label: heading of the number.
    """

    def __init__(self, places: int, name: str, label: str) -> None:
        self.places, self.name, self.label = places, name, label

    def statistic(self, table: ScoreTable) -> NDArray[np.float64]:
        """Return float64 (n_entries,): the number of columns."""
        contested = np.any(table.values != 0.0, axis=0)
        among = better_ranks(table.oriented()) <= self.places
        return np.asarray(np.sum(among & contested, axis=1), np.float64)


TOP_SCORER = TopScorer(1, "top_scorer", "best in")
TOP5_SCORER = TopScorer(5, "top5_scorer", "top 5 in")
