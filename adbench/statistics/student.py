"""How much wider the interval of a mean is when its error is known from a few values alone."""

from __future__ import annotations

import math

__all__ = ["student_factor"]

_FACTORS = (1.8373, 1.3213, 1.1969, 1.1416, 1.1105, 1.0906, 1.0767, 1.0665, 1.0587)
"""Student's t at the ends of the central 68.27 % for 1, 2, ... degrees of freedom (one-sided 84.13 %)."""


def student_factor(n: int) -> float:
    """Return how many standard errors of the mean of n values hold 68.27 %: 1.84 for two, 1 for endlessly many.

    Student, Biometrika 6 (1908) 1. Beyond ten values the first term of the expansion in 1 / (n - 1) is enough.

    Example:
        >>> student_factor(3)
        1.3213
    """
    if n < 2:
        return math.nan
    return _FACTORS[n - 2] if n - 2 < len(_FACTORS) else 1.0 + 0.5 / (n - 1)
