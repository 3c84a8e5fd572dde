"""Area under the ROC curve: the probability that a signal event scores above a background event."""

from __future__ import annotations

import numpy as np

from adbench.api.metric import Estimate, Metric, Scored
from adbench.metrics.intervals import Floats, share_interval
from adbench.metrics.notes import joined, nothing_to_measure, special_scores
from adbench.metrics.sample import Ordered, ordered

__all__ = ["AUC", "AreaUnderCurve", "auc_estimate"]

_FEW = "interval too short: less than one event lies on the wrong side"
"""Then few events tell the variance: 68 % intervals hold the truth in 42 to 58 % of toys (studies/coverage.py)."""


class AreaUnderCurve(Metric):
    """Area under the ROC curve, P(signal > background) + P(equal) / 2; never flipped when it is below one half."""

    name = "auc"
    label = "AUC"
    limits = (0.0, 1.0)

    def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
        """Return the area and its interval; raise ScoreError or DataError for scores or weights that are no use."""
        if signal is None or not len(background) or not len(signal):
            return nothing_to_measure(background)
        return auc_estimate(ordered(background, "background"), ordered(signal, "signal"))


AUC = AreaUnderCurve()


def auc_estimate(background: Ordered, signal: Ordered) -> Estimate:
    """Return the area with its 68 % interval from the variance of DeLong, DeLong, Clarke-Pearson.

    Biometrics 44 (1988) 837: the variance of the mean, over signal, of the background below each event, plus
    the same with the roles exchanged; here with weights, and with sources in the place of events.
    """
    background_below, signal_above = _placements(background, signal)
    area = float(np.clip(_mean(signal, background_below), 0.0, 1.0))
    variance = _unbiased(signal, background_below) + _unbiased(background, signal_above)
    certain = min(area, 1.0 - area) < 1e-12
    if variance > 0.0 and not certain:
        low, high = share_interval(area, area * (1.0 - area) / variance)
    elif certain:
        low, high = share_interval(round(area), min(background.effective, signal.effective))
    else:
        low = high = area
    overlap = min(area, 1.0 - area) * min(background.effective, signal.effective)
    few = _FEW if 0.0 < overlap < 1.0 else ""
    return Estimate(area, low, high, joined(special_scores(background, signal), few))


def _placements(background: Ordered, signal: Ordered) -> tuple[Floats, Floats]:
    """Return each signal event's share of background below it and each background event's share of signal above it."""
    n = len(background)
    below = np.searchsorted(background.scores, signal.scores, side="left")
    not_above = np.searchsorted(background.scores, signal.scores, side="right")
    of_signal = 1.0 - 0.5 * (background.passing[n - below] + background.passing[n - not_above])
    shares = np.full(len(signal), 1.0 / len(signal)) if signal.shares is None else signal.shares
    steps = np.bincount(below, shares, n + 1) + np.bincount(not_above, shares, n + 1)
    of_background = 1.0 - 0.5 * np.cumsum(steps)[:n]
    return of_signal, of_background


def _mean(sample: Ordered, values: Floats) -> float:
    return float(np.mean(values) if sample.shares is None else np.dot(sample.shares, values))


def _unbiased(sample: Ordered, values: Floats) -> float:
    n = sample.n_sources
    return sample.variance_of_mean(values) * n / (n - 1) if n > 1 else 0.25
