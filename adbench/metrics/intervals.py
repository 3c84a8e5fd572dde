"""Central 68 % intervals of efficiencies, in closed form.

A share p of n events has an arcsine, arcsin(sqrt(p)), that fluctuates with standard deviation 1/(2 sqrt(n))
whatever p is (Anscombe, Biometrika 35 (1948) 246). That replaces thousands of bootstrap samples: a share with
its fluctuation is a normal number, mapped back. It stays inside [0, 1] and has a width also at 0 and 1.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["THRESHOLD_STEPS", "fluctuated", "share_interval", "spread_share"]

Floats = NDArray[np.float64]

_CENTRAL = (NormalDist().cdf(-1.0), NormalDist().cdf(1.0))  # 15.9 % and 84.1 %


def _normal_steps(count: int) -> Floats:
    return np.array([NormalDist().inv_cdf((i + 0.5) / count) for i in range(count)])


THRESHOLD_STEPS = _normal_steps(64)  # equally probable fluctuations of the background above threshold
_SIGNAL_STEPS = _normal_steps(32)


def fluctuated(share: float | Floats, number: float, steps: Floats) -> Floats:
    """Return the shares that lie `steps` standard deviations from a share of `number` events."""
    angle = np.arcsin(np.sqrt(share)) + steps / (2.0 * np.sqrt(number))
    return np.asarray(np.sin(np.clip(angle, 0.0, np.pi / 2.0)) ** 2, np.float64)


def share_interval(share: float, number: float) -> tuple[float, float]:
    """Return the interval of a share of `number` events; one-sided where all or none pass.

    Example:
        >>> [round(end, 4) for end in share_interval(0.5, 100)]
        [0.45, 0.55]
    """
    low, high = fluctuated(_anscombe(share, number), number, np.array([-1.0, 1.0]))
    return _around(share, float(low), float(high))


def spread_share(share: float, possible: Floats, number: float) -> tuple[float, float]:
    """Return the interval of a share that would be any of `possible`, equally probable, with another threshold.

    Args:
        share: the measured share of signal.
        possible: float64 (k,), its values at the thresholds of `THRESHOLD_STEPS`.
        number: effective number of signal events.
    """
    grid = fluctuated(_anscombe(possible, number)[:, None], number, _SIGNAL_STEPS).ravel()
    low, high = (int(end * grid.size) for end in _CENTRAL)
    ends = np.partition(grid, (low, high))
    return _around(share, float(ends[low]), float(ends[high]))


def _anscombe(share: float | Floats, number: float) -> Floats:
    return np.asarray((share * number + 0.375) / (number + 0.75), np.float64)


def _around(share: float, low: float, high: float) -> tuple[float, float]:
    return (0.0 if share <= 0.0 else min(low, share)), (1.0 if share >= 1.0 else max(high, share))
