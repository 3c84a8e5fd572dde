"""Minimum: the figure of merit on the worst column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.ranking import Ranking, ScoreTable

__all__ = ["MINIMUM", "Minimum"]


class Minimum(Ranking):
    """Worst figure over all (channel, signal) columns; with its sign changed where lower is better."""

    name = "minimum"
    label = "minimum"

    def statistic(self, table: ScoreTable) -> NDArray[np.float64]:
        """Return float64 (n_entries,): the worst figure."""
        return np.asarray(np.min(table.oriented(), axis=1), np.float64)


MINIMUM = Minimum()
