"""From a score to the share of background that scores higher, beyond the last background event too.

Detectors have scores of different scales. Before they are combined, each score becomes the survival probability
p = P(background scores higher), read off **validation** background, never off the test background. Among the
validation events ln p is interpolated between their mid-ranks. Above the tail's threshold u, p follows a generalised
Pareto distribution of the excess y = score - u,

    ln p(y) = ln p(u) - ln(1 + xi y / sigma) / xi,

fitted by probability-weighted moments (Hosking and Wallis, Technometrics 29 (1987) 339). xi is kept at 0 (exponential)
or above: a negative one has an end point, beyond which all events would tie. So p is continuous and falls strictly
with the score, and the most extreme events keep their order. Everything is kept as ln p, which no tail underflows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError

__all__ = ["MINIMUM_VALIDATION", "Survival", "fit_survival"]

Floats = NDArray[np.float64]

MINIMUM_VALIDATION = 40
"""Validation events below which no tail can be fitted."""

_SHARE = 0.02  # of validation background that the tail is fitted to,
_LEAST = 20  # but at least so many events,
_MOST = 0.25  # and never more than this share
_LARGEST_XI = 0.9  # the moments exist below 1


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """ln of the share of background above a score.

    Attributes:
        knots: float64 (k,), ascending scores; the last is the threshold of the tail.
        log_p: float64 (k,), ln p at the knots, descending.
        xi: shape of the tail, 0 or above.
        sigma: scale of the tail, above 0, in units of the score.
        below: scale of the exponential approach to p = 1 under the first knot, above 0.
    """

    knots: Floats
    log_p: Floats
    xi: float
    sigma: float
    below: float

    def __call__(self, scores: NDArray[np.floating]) -> Floats:
        """Return float64 (n,), ln p of each score; it falls strictly with the score above the first knot."""
        x = np.asarray(scores, np.float64)
        result = np.interp(x, self.knots, self.log_p)
        above = x > self.knots[-1]
        excess = (x[above] - self.knots[-1]) / self.sigma
        fall = excess if self.xi == 0.0 else np.log1p(self.xi * excess) / self.xi
        result[above] = self.log_p[-1] - fall
        under = x < self.knots[0]
        depth = (self.knots[0] - x[under]) / self.below
        result[under] = np.log1p(np.expm1(self.log_p[0]) * np.exp(-depth))
        return result


def fit_survival(validation: NDArray[np.floating], weights: NDArray[np.floating]) -> Survival:
    """Return the survival probability of validation background.

    Args:
        validation: float (n,), scores of validation background.
        weights: float (n,), 0 or above.

    Raises:
        DataError: fewer than `MINIMUM_VALIDATION` events of weight above 0.
    """
    kept = np.asarray(weights) > 0.0
    scores, w = np.asarray(validation, np.float64)[kept], np.asarray(weights, np.float64)[kept]
    n = len(scores)
    if n < MINIMUM_VALIDATION:
        msg = f"{n} validation events; at least {MINIMUM_VALIDATION} are needed to map scores to quantiles"
        raise DataError(msg)
    levels, place = np.unique(scores, return_inverse=True)
    mass = np.bincount(place, weights=w)
    p = 1.0 - (np.cumsum(mass) - 0.5 * mass) / np.sum(mass)
    in_tail = min(max(_LEAST, round(_SHARE * n)), int(_MOST * n))
    threshold = np.sort(scores)[n - 1 - in_tail]
    cut = int(np.searchsorted(levels, threshold)) + 1
    excess, share = scores[scores > threshold] - threshold, w[scores > threshold]
    scale = _scale(levels)
    xi, sigma = _pareto(excess, share, scale)
    return Survival(levels[:cut], np.log(p[:cut]), xi, sigma, scale)


def _scale(levels: Floats) -> float:
    """Return a typical distance of scores; 1 where all are equal, and nothing can be learnt of their tail."""
    spread = float(levels[-1] - levels[0])
    return spread / len(levels) ** 0.5 if spread > 0.0 else 1.0


def _pareto(excess: Floats, weights: Floats, scale: float) -> tuple[float, float]:
    """Return shape and scale of the tail by probability-weighted moments a_0 and a_1 = E[y (1 - F(y))]."""
    if not len(excess):  # the highest score is shared by the whole tail
        return 0.0, scale
    order = np.argsort(excess, kind="stable")
    y, w = excess[order], weights[order] / np.sum(weights)
    rest = 1.0 - (np.cumsum(w) - 0.5 * w)
    mean, first = float(np.sum(w * y)), float(np.sum(w * rest * y))
    xi = 2.0 - mean / (mean - 2.0 * first) if mean > 2.0 * first else _LARGEST_XI
    if xi <= 0.0:
        return 0.0, mean
    xi = min(xi, _LARGEST_XI)
    return xi, mean * (1.0 - xi)
