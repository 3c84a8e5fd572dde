"""Signal efficiency at a background efficiency; its interval knows that the threshold is uncertain too."""

from __future__ import annotations

import functools

import numpy as np

from adbench.api.metric import Estimate, Metric, Scored
from adbench.metrics.intervals import THRESHOLD_STEPS, fluctuated, spread_share
from adbench.metrics.notes import joined, nothing_to_measure, special_scores, unmeasured
from adbench.metrics.roc import signal_efficiency, threshold
from adbench.metrics.sample import Ordered, ordered
from adbench.metrics.working_point import is_measured, parse_efficiency, written

__all__ = ["SignalEfficiency", "efficiency_estimate", "signal_efficiency_at"]


class SignalEfficiency(Metric):
    """Share of the signal that passes where a given share of the background passes, eps_S at eps_B.

    Args:
        background_efficiency: the working point, above 0 and below 1.
    """

    limits = (0.0, 1.0)

    def __init__(self, background_efficiency: float) -> None:
        self.background_efficiency = background_efficiency
        self.name = f"eps_s@{written(background_efficiency)}"
        self.label = f"ε_S at ε_B = {written(background_efficiency)}"

    def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
        """Return eps_S and its interval; raise ScoreError or DataError for scores or weights that are no use."""
        if signal is None or not len(background) or not len(signal):
            return nothing_to_measure(background)
        return efficiency_estimate(
            ordered(background, "background"), ordered(signal, "signal"), self.background_efficiency
        )


def signal_efficiency_at(number: float | str) -> SignalEfficiency:
    """Return the metric ``eps_s@number``; raise UsageError when the number is no background efficiency."""
    return SignalEfficiency(parse_efficiency(number))


@functools.lru_cache(maxsize=8)  # max SI asks again for the points that a table has just asked for
def efficiency_estimate(background: Ordered, signal: Ordered, efficiency: float) -> Estimate:
    """Return eps_S at a background efficiency with its 68 % interval.

    The threshold is a quantile of a finite background: the share of background truly above it fluctuates like
    a binomial number. Read off the ROC curve at 64 equally probable values of that share, eps_S shows what the
    threshold does to it; the signal's own binomial fluctuation is added to each.
    """
    t = threshold(background, np.array([efficiency]))
    shares = fluctuated(efficiency, background.effective_number(float(t[0])), THRESHOLD_STEPS)
    curve = signal_efficiency(background, signal, np.append(shares, efficiency))
    value = float(curve[-1])
    low, high = spread_share(value, curve[:-1], signal.effective_number(float(t[0])))
    measured = is_measured(background, efficiency)
    note = "" if measured else unmeasured(background, efficiency)
    return Estimate(value, low, high, joined(note, special_scores(background, signal)), measured)
