"""How wide a 68 % interval is when a part of its error is known from a few values alone."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["joint_error", "student_factor"]

_FACTORS = (1.8373, 1.3213, 1.1969, 1.1416, 1.1105, 1.0906, 1.0767, 1.0665, 1.0587, 1.0)
"""Student's t at the ends of the central 68.27 % for 1 to 9 degrees of freedom, and for endlessly many."""

_INVERSE = (*(1.0 / k for k in range(1, len(_FACTORS))), 0.0)


def student_factor(freedom: float) -> float:
    """Return how many standard errors hold 68.27 % at some degrees of freedom: 1.84 at one, 1 at endlessly many.

    Student, Biometrika 6 (1908) 1; in between, linear in their inverse, within 2 %.

    Args:
        freedom: degrees of freedom, 1 or more: values less one.

    Example:
        >>> student_factor(2)
        1.3213
    """
    return float(np.interp(1.0 / freedom, _INVERSE[::-1], _FACTORS[::-1]))


def joint_error(known: float, estimated: float, n: int) -> float:
    """Return the half-width of the 68 % interval of a figure with a known error and one estimated from n values.

    Both are added in quadrature and widened by Student's factor at the degrees of freedom of their sum: Welch,
    Biometrika 34 (1947) 28; Satterthwaite, Biometrics Bulletin 2 (1946) 110. It is the known error where the
    values are equal, and Student's interval where nothing else fluctuates.

    Args:
        known: an error known well, in the unit of the figure.
        estimated: the standard error of the mean of n values, likewise; unused for one value.
        n: number of values.
    """
    total = math.hypot(known, estimated)
    if n < 2 or estimated == 0.0 or math.isinf(known):
        return known
    share = (estimated / total) ** 4  # 0 where it is lost beside the known error
    return total if not share > 0 else total * student_factor((n - 1) / share)
