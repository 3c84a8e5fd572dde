"""Median: the figure of merit in the middle of all columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.ranking import Ranking, ScoreTable

__all__ = ["MEDIAN", "Median"]


class Median(Ranking):
    """Median of the figure over all (channel, signal) columns."""

    name = "median"
    label = "median"
    of_figure = True

    def statistic(self, table: ScoreTable) -> NDArray[np.float64]:
        """Return float64 (n_entries,): the median; of an even number, the mean of the two in the middle."""
        return np.asarray(np.median(table.values, axis=1), np.float64)


MEDIAN = Median()
