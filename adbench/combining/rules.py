"""Rules that make one score of several, in the spirit of the AVG, PROD, AND and OR entries of arXiv:2105.14027.

The formulas are ours: the published table gives the names alone.

With q_i = 1 - p_i, the share of background below the i-th score, an event's combined score is

    average: the mean of q_i        product: the product of q_i
    and: the smallest q_i           or: the largest q_i

"And" calls an event anomalous where all detectors do, "or" where one does. Returned is -log10(1 - combined q), which
orders events the same way and tells apart those whose q all round to 1. For two scores 1 - q is (p_1 + p_2)/2,
p_1 + p_2 - p_1 p_2, max p_i and min p_i.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import UnknownNameError, UsageError

__all__ = ["RULES", "combine"]

Floats = NDArray[np.float64]

_TINY = -40.0  # ln p: below it 1 - prod(1 - p_i) is the sum of p_i to all digits


def _log_sum(log_p: Floats) -> Floats:
    top = log_p.max(axis=0)
    return np.asarray(top + np.log(np.exp(log_p - top).sum(axis=0)), np.float64)


def _average(log_p: Floats) -> Floats:
    return _log_sum(log_p) - math.log(len(log_p))


def _log_rest(log_p: Floats) -> Floats:
    """Return ln(1 - p) to all digits: of p near 1 from expm1, of small p from log1p."""
    with np.errstate(divide="ignore"):  # p = 1 leaves nothing
        return np.where(log_p > -math.log(2.0), np.log(-np.expm1(log_p)), np.log1p(-np.exp(log_p)))


def _product(log_p: Floats) -> Floats:
    log_q = _log_rest(log_p).sum(axis=0)
    small = log_p.max(axis=0) < _TINY
    return np.where(small, _log_sum(log_p), _log_rest(np.where(small, -1.0, log_q)))


RULES: Mapping[str, Callable[[Floats], Floats]] = {
    "average": _average,
    "product": _product,
    "and": lambda log_p: np.asarray(log_p.max(axis=0), np.float64),
    "or": lambda log_p: np.asarray(log_p.min(axis=0), np.float64),
}
"""From ln p of several detectors, float64 (k, n), to ln(1 - q) of their combination, float64 (n,)."""


def combine(rule: str, log_p: Sequence[Floats]) -> Floats:
    """Return the combined score of each event, float64 (n,): -log10 of the share of background beyond it.

    Args:
        rule: a name of `RULES`.
        log_p: for each detector float64 (n,), ln of the share of background that scores higher.

    Raises:
        UnknownNameError: there is no such rule.
        UsageError: fewer than two detectors.

    Example:
        >>> combine("and", [np.log([0.1, 0.01]), np.log([0.5, 0.001])])
        array([0.30103, 2.     ])
    """
    if rule not in RULES:
        raise UnknownNameError("rule", rule, RULES)
    if len(log_p) < 2:
        msg = f"a combination needs two parents or more, not {len(log_p)}"
        raise UsageError(msg)
    return -RULES[rule](np.stack(log_p)) / math.log(10.0)
