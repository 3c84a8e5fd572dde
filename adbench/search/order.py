"""Does the background describe the spectrum, and which order does it need?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.search.fit import Fits, fit
from adbench.search.shapes import background

__all__ = ["deviance", "goodness", "order_by_f_test"]

Floats = NDArray[np.float64]

_FEW = 5.0  # expected events of a bin, below which it is joined with its neighbour for the goodness of fit


def deviance(counts: Floats, expected: Floats) -> Floats:
    """Return twice the logarithm of the saturated likelihood over the fitted one, (F,) (Baker and Cousins, 1984)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(counts > 0, counts * np.log(counts / expected), 0.0)
    return np.asarray(2.0 * np.sum(logs - counts + expected, axis=-1))


def goodness(counts: Floats, fits: Fits) -> Floats:
    """Return the p-value of each background fit, (F,): chi-squared over bins that are joined until 5 are expected."""
    from scipy.stats import chi2

    p = np.full(len(counts), np.nan)
    for k, (seen, expected) in enumerate(zip(counts, fits.expected, strict=True)):
        group = np.floor(np.concatenate([[0.0], np.cumsum(expected)[:-1]]) / _FEW).astype(np.int64)
        _, group = np.unique(group, return_inverse=True)
        n, mu = np.bincount(group, seen), np.bincount(group, expected)
        degrees = len(n) - fits.design.number
        if degrees > 0:
            p[k] = chi2.sf(np.sum((n - mu) ** 2 / mu), degrees)
    return p


def order_by_f_test(
    counts: Floats, edges: Floats, family: str, lowest: int = 1, highest: int = 8, level: float = 0.05
) -> int:
    """Return the first order whose successor does not fit significantly better, all categories taken together.

    F = (D_k - D_k+1) / (D_k+1 / degrees of freedom left), of each category and of their sums: one category may need
    what no other does, or all may need a little that none shows alone. The smaller p-value counts, times the number
    of tests.

    Args:
        counts: (C, B) events.
        edges: (B + 1,) in GeV.
        family: of the background.
        lowest: first order that is tried.
        highest: order at which to stop.
        level: significance at which another order is taken.
    """
    n_bins = counts.shape[1]
    order, now = lowest, deviance(counts, fit(counts, background(edges, family, lowest)).expected)
    while order < highest:
        better = deviance(counts, fit(counts, background(edges, family, order + 1)).expected)
        if _p_of_next(now, better, n_bins - order - 2) > level:
            break
        order, now = order + 1, better
    return order


def _p_of_next(now: Floats, better: Floats, left: int) -> float:
    """Return the p-value of an order, (C,) deviances `now`, against the next one, with `left` degrees of freedom."""
    from scipy.stats import f

    number, gain = len(now), np.maximum(now - better, 0.0)
    together = float(f.sf(gain.sum() / number / (better.sum() / (number * left)), number, number * left))
    if number == 1:
        return together
    alone = number * float(f.sf(gain / (better / left), 1, left).min())
    return min(1.0, 2.0 * min(alone, together))
