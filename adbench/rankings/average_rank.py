"""Average rank: an entry's rank in each column, averaged over columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.ranking import Ranking, ScoreTable
from adbench.rankings.ranks import midranks

__all__ = ["AVERAGE_RANK", "AverageRank"]


class AverageRank(Ranking):
    """Mean over all (channel, signal) columns of the rank among entries, 1 = best; lower is better.

    Equal values share the mean of their places (midranks). With the better place instead, the many zeros at
    small background efficiencies would count as good ranks.
    """

    name = "average_rank"
    label = "average rank"
    higher_is_better = False

    def statistic(self, table: ScoreTable) -> NDArray[np.float64]:
        """Return float64 (n_entries,): the mean rank."""
        return np.asarray(midranks(table.oriented()).mean(axis=1), np.float64)


AVERAGE_RANK = AverageRank()
