"""The ROC curve, and the written rule for events that share a score.

Rule: events of equal score are one step. Between steps the curve is a straight line, as if events at the
threshold passed with a probability that makes the background efficiency exactly the wanted one. So a signal
event that ties with a background event counts one half in the AUC, and eps_S at eps_B is

    eps_S = P_S(> t) + f P_S(= t),   P_B(> t) + f P_B(= t) = eps_B,   0 <= f < 1.

Where the curve rises vertically at eps_B, its upper end counts. These are the numbers of `numpy.interp` on
scikit-learn's `roc_curve`, and for submitters with public code those of arXiv:2105.14027.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Scored
from adbench.metrics.sample import Ordered, ordered

__all__ = ["RocCurve", "roc_curve", "signal_efficiency", "threshold"]

Floats = NDArray[np.float64]

_ROUNDING = 1.0 + 1e-12  # sums of weights carry rounding: a step that ends at eps_B to 1e-12 ends at eps_B


@dataclass(frozen=True, slots=True, eq=False)
class RocCurve:
    """Vertices of a ROC curve, from (0, 0) to (1, 1); straight lines in between.

    Attributes:
        thresholds: float64 (k,), descending: events with scores at or above pass; infinite for the first.
        background: float64 (k,), background efficiency.
        signal: float64 (k,), signal efficiency.
    """

    thresholds: Floats
    background: Floats
    signal: Floats


def roc_curve(background: Scored, signal: Scored) -> RocCurve:
    """Return the ROC curve of a weighted background and signal, one vertex per distinct score.

    Example:
        >>> roc_curve(Scored.of([0.1, 0.4]), Scored.of([0.4, 0.9])).signal
        array([0. , 0.5, 1. , 1. ])

    Raises:
        ScoreError: scores that are NaN or infinite.
        DataError: unusable weights.
    """
    b, s = ordered(background, "background"), ordered(signal, "signal")
    levels = np.unique(np.concatenate([b.scores, s.scores]))[::-1]
    return RocCurve(
        np.concatenate([[np.inf], levels]),
        np.concatenate([[0.0], b.at_least(levels)]),
        np.concatenate([[0.0], s.at_least(levels)]),
    )


def threshold(background: Ordered, efficiency: Floats) -> Floats:
    """Return the score t with P_B(> t) <= efficiency < P_B(>= t), for each efficiency below 1."""
    passed = np.searchsorted(background.passing, efficiency * _ROUNDING, side="right") - 1
    return background.scores[np.maximum(len(background) - 1 - passed, 0)]


def signal_efficiency(background: Ordered, signal: Ordered, efficiency: Floats) -> Floats:
    """Return eps_S at each background efficiency, float64 of the same shape, by the rule above."""
    t = threshold(background, efficiency)
    above, at_least = background.above(t), background.at_least(t)
    f = np.clip((efficiency - above) / (at_least - above), 0.0, 1.0)
    sure, perhaps = signal.above(t), signal.at_least(t)
    return np.where(efficiency < 1.0, sure + f * (perhaps - sure), 1.0)
