"""Mean: the figure of merit, averaged over columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.ranking import Ranking, ScoreTable

__all__ = ["MEAN", "Mean"]


class Mean(Ranking):
    """Mean of the figure over all (channel, signal) columns."""

    name = "mean"
    label = "mean"
    of_figure = True

    def statistic(self, table: ScoreTable) -> NDArray[np.float64]:
        """Return float64 (n_entries,): the mean. Summed from low to high, so the order of columns has no say."""
        return np.asarray(np.sort(table.values, axis=1).mean(axis=1), np.float64)


MEAN = Mean()
