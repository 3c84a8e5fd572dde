"""Significance improvement: by how much a cut on the score multiplies S / sqrt(B).

SI = eps_S / sqrt(eps_B), arXiv:2105.14027 section 5; the largest one over the working points 1e-2, 1e-3, 1e-4
is that paper's figure for one (channel, signal) pair.
"""

from __future__ import annotations

import math

from adbench.api.metric import Estimate, Metric, Scored
from adbench.metrics.efficiency import efficiency_estimate
from adbench.metrics.notes import joined, nothing_to_measure, special_scores, unmeasured
from adbench.metrics.sample import Ordered, ordered
from adbench.metrics.working_point import WORKING_POINTS, parse_efficiency, written

__all__ = ["MAX_SI", "MaxSignificanceImprovement", "SignificanceImprovement", "significance_improvement_at"]


class SignificanceImprovement(Metric):
    """Significance improvement at one working point, eps_S / sqrt(eps_B).

    Args:
        background_efficiency: the working point, above 0 and below 1.
    """

    limits = (0.0, math.inf)

    def __init__(self, background_efficiency: float) -> None:
        self.background_efficiency = background_efficiency
        self.name = f"si@{written(background_efficiency)}"
        self.label = f"SI at ε_B = {written(background_efficiency)}"

    def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
        """Return the improvement and its interval; raise ScoreError or DataError for scores or weights of no use."""
        if signal is None or not len(background) or not len(signal):
            return nothing_to_measure(background)
        return _improvement(ordered(background, "background"), ordered(signal, "signal"), self.background_efficiency)


class MaxSignificanceImprovement(Metric):
    """Largest significance improvement over those working points that the background can measure.

    Its interval runs from the largest lower end to the largest upper end of the working points' intervals.
    Where no point is measured the value is the largest of all, as arXiv:2105.14027 takes it, and unmeasured.
    """

    name = "max_si"
    label = "max SI"
    limits = (0.0, math.inf)

    def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
        """Return the improvement and its interval; raise ScoreError or DataError for scores or weights of no use."""
        if signal is None or not len(background) or not len(signal):
            return nothing_to_measure(background)
        b, s = ordered(background, "background"), ordered(signal, "signal")
        points = {efficiency: _improvement(b, s, efficiency) for efficiency in WORKING_POINTS}
        measured = {efficiency: point for efficiency, point in points.items() if point.measured}
        chosen = measured or points
        return Estimate(
            max(point.value for point in chosen.values()),
            max(point.low for point in chosen.values()),
            max(point.high for point in chosen.values()),
            joined(_without(b, list(measured)), special_scores(b, s)),
            bool(measured),
        )


MAX_SI = MaxSignificanceImprovement()


def significance_improvement_at(number: float | str) -> SignificanceImprovement:
    """Return the metric ``si@number``; raise UsageError when the number is no background efficiency."""
    return SignificanceImprovement(parse_efficiency(number))


def _improvement(background: Ordered, signal: Ordered, efficiency: float) -> Estimate:
    root = math.sqrt(efficiency)
    share = efficiency_estimate(background, signal, efficiency)
    return Estimate(share.value / root, share.low / root, share.high / root, share.note, share.measured)


def _without(background: Ordered, measured: list[float]) -> str:
    if not measured:
        return unmeasured(background, max(WORKING_POINTS))
    left_out = [written(efficiency) for efficiency in WORKING_POINTS if efficiency not in measured]
    return f"without {', '.join(left_out)}: too few background events" if left_out else ""
