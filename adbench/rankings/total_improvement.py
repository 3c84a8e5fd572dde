"""Total improvement: a signal's largest significance improvement over channels, summarised over signals.

arXiv:2105.14027 section 5.2: TI of a signal is the largest max SI over the channels that contain the signal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from adbench.api.ranking import Ranking, ScoreTable

__all__ = ["TI_MAX", "TI_MEDIAN", "TI_MIN", "TotalImprovement", "best_channels"]

Floats = NDArray[np.float64]


class TotalImprovement(Ranking):
    """Minimum, median or maximum over signals of the max SI in the signal's best channel.

    Args:
        summary: turns float64 (n_entries, n_signals) into (n_entries,).
        name: name of the method.
        label: heading of the number.
    """

    figure = "max_si"

    def __init__(self, summary: Callable[[Floats], Floats], name: str, label: str) -> None:
        self._summary, self.name, self.label = summary, name, label

    def statistic(self, table: ScoreTable) -> Floats:
        """Return float64 (n_entries,): the total improvement."""
        return self._summary(best_channels(table))


def best_channels(table: ScoreTable) -> Floats:
    """Return float64 (n_entries, n_signals): each signal's highest value over its channels, signals by name."""
    of_column = np.array([signal for _, signal in table.columns], dtype=object)
    signals = sorted(set(of_column))
    best = np.empty((len(table.entries), len(signals)))
    for j, signal in enumerate(signals):
        best[:, j] = table.values[:, of_column == signal].max(axis=1)
    return best


TI_MIN = TotalImprovement(lambda best: best.min(axis=1), "ti_min", "min TI")
TI_MEDIAN = TotalImprovement(lambda best: np.median(best, axis=1), "ti_median", "median TI")
TI_MAX = TotalImprovement(lambda best: best.max(axis=1), "ti_max", "max TI")
