"""Score against cost: the entries of which none is both cheaper and better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["pareto_front"]


def pareto_front(costs: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return bool (n,): whether no other entry is as cheap and as good, and better in one of both.

    Args:
        costs: float64 (n,), lower is better.
        scores: float64 (n,), higher is better.

    Example:
        >>> pareto_front(np.array([1.0, 2.0, 3.0]), np.array([0.6, 0.9, 0.8]))
        array([ True,  True, False])
    """
    no_worse = (costs[None, :] <= costs[:, None]) & (scores[None, :] >= scores[:, None])
    better = (costs[None, :] < costs[:, None]) | (scores[None, :] > scores[:, None])
    return np.asarray(~np.any(no_worse & better, axis=1), np.bool_)
