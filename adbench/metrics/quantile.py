"""The place of a score among background: the scale that scores of different models share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["background_quantile"]


def background_quantile(scores: NDArray[Any], background: NDArray[Any], weights: NDArray[Any]) -> NDArray[np.float64]:
    """Return float64 (n,): share of the background's weight below each score, ties counted half.

    Example:
        >>> background_quantile(np.array([0.0, 2.0, 9.0]), np.array([1.0, 2.0]), np.ones(2))
        array([0.  , 0.75, 1.  ])
    """
    order = np.argsort(background, kind="stable")
    cumulative = np.concatenate([[0.0], np.cumsum(weights[order], dtype=np.float64)])
    below = np.searchsorted(background[order], scores, side="left")
    upto = np.searchsorted(background[order], scores, side="right")
    return np.asarray((cumulative[below] + cumulative[upto]) / (2.0 * cumulative[-1]), np.float64)
