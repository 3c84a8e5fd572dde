"""One p-value out of many categories, by Fisher's and by Stouffer's method.

Both need p-values that are uniform without a signal, so signed ones: with one-sided values that stop at 0.5 Fisher's
sum is no longer chi-squared with two degrees of freedom each, and a result of 3 sigma comes out as often as 0.6 % of
the time for 25 categories.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["COMBINATIONS", "deviations", "fisher", "probability", "stouffer"]

Floats = NDArray[np.float64]

_LEAST = 1e-300  # p-values below, which no spectrum gives, would be infinite deviations


def probability(z: Floats) -> Floats:
    """Return the p-value of signed standard deviations: 0.5 at z = 0, near 1 for a deficit."""
    from scipy.special import ndtr

    return np.asarray(ndtr(-np.asarray(z, np.float64)))


def deviations(p: Floats) -> Floats:
    """Return signed standard deviations of p-values; the inverse of `probability`."""
    from scipy.special import ndtri

    return np.asarray(-ndtri(np.clip(p, _LEAST, 1.0 - 1e-16)))


def fisher(z: Floats) -> Floats:
    """Return the p-value that all categories have together, (...,) from (categories, ...) deviations.

    Source: R. A. Fisher, Statistical Methods for Research Workers (1932), section 21.1.
    """
    from scipy.special import log_ndtr
    from scipy.stats import chi2

    return np.asarray(chi2.sf(-2.0 * log_ndtr(-z).sum(axis=0), 2 * len(z)))


def stouffer(z: Floats) -> Floats:
    """Return the same from the sum of the deviations over the root of their number.

    Source: Stouffer et al., The American Soldier (1949), volume 1, page 45.
    """
    return probability(z.sum(axis=0) / np.sqrt(len(z)))


COMBINATIONS = {"fisher": fisher, "stouffer": stouffer}
