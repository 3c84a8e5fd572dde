"""From numbers to ranks, and what equal numbers get."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["better_ranks", "final_order", "midranks"]

Floats = NDArray[np.float64]


def better_ranks(values: Floats) -> Floats:
    """Return the rank of each entry in each column, 1 = highest value; equal values share the better rank.

    Args:
        values: float64 (n_entries, n_columns), higher is better.

    Example:
        >>> better_ranks(np.array([[0.9], [0.7], [0.7], [0.1]])).T
        array([[1., 2., 2., 4.]])
    """
    return 1.0 + _higher(values)


def midranks(values: Floats) -> Floats:
    """Return the rank of each entry in each column, 1 = highest; equal values share the mean of their places.

    Example:
        >>> midranks(np.array([[0.9], [0.7], [0.7], [0.1]])).T
        array([[1. , 2.5, 2.5, 4. ]])
    """
    return 0.5 * (1.0 + _higher(values) + len(values) - _higher(-values))


def final_order(
    statistic: Floats, names: Sequence[str], higher_is_better: bool
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the entries' indices from best to worst, and the rank of each in that order.

    Entries of equal statistic share a rank, the next one counts them all (1, 2, 2, 4), and inside a tie they
    stand by name. Statistics that agree to 12 significant digits are equal: rounding in a sum decides nothing.
    """
    ascending = _rounded(-statistic if higher_is_better else statistic)
    by_name = np.argsort(np.array(names, dtype=object), kind="stable")
    order = by_name[np.argsort(ascending[by_name], kind="stable")]
    placed = ascending[order]
    return order, np.searchsorted(placed, placed, side="left").astype(np.int64) + 1


def _higher(values: Floats) -> Floats:
    """Return how many entries of the same column have a higher value."""
    counts = np.empty(values.shape)
    for j, column in enumerate(values.T):
        counts[:, j] = len(column) - np.searchsorted(np.sort(column), column, side="right")
    return counts


def _rounded(values: Floats) -> Floats:
    size = np.abs(values)
    has_digits = np.isfinite(size) & (size > 1e-290)  # an infinite figure is the best or the worst there is
    digits = np.floor(np.log10(size, where=has_digits, out=np.zeros(values.shape)))
    unit = 10.0 ** (digits - 11.0)
    rounded = np.round(np.where(has_digits, values, 0.0) / unit) * unit
    return np.asarray(np.where(has_digits, rounded, values), np.float64)
