"""Minimum: the figure of merit on the worst column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.ranking import Ranking, ScoreTable

__all__ = ["MINIMUM", "Minimum"]


class Minimum(Ranking):
    """Worst figure over all (channel, signal) columns: the largest one where lower is better."""

    name = "minimum"
    label = "minimum"
    of_figure = True

    def statistic(self, table: ScoreTable) -> NDArray[np.float64]:
        """Return float64 (n_entries,): the worst figure."""
        worst = np.min if table.higher_is_better else np.max
        return np.asarray(worst(table.values, axis=1), np.float64)


MINIMUM = Minimum()
