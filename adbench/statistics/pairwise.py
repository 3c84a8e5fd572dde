"""Which of several entries can be told apart: differences of a statistic on paired replicas, with Holm's correction.

The difference of two entries is taken replica by replica, on the same drawn signals and events, so that what makes a
signal hard for both cancels. Over n signals a bootstrap makes the variance of a mean too small by (n - 1) / n; standard
errors are widened by that, and a difference in units of its own follows Student's t with n - 1 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import UsageError

__all__ = ["Comparison", "compare_pairs", "holm", "letters", "student_tails"]

Floats = NDArray[np.float64]
_STEPS = 4001


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two entries beside each other.

    Attributes:
        first: place of the better one in the list of entries.
        second: place of the other.
        difference: statistic of the first less that of the second.
        error: its standard error.
        p: probability of a difference as large or larger, of either sign, if the true one is zero.
        adjusted: the same after Holm's correction for all the pairs that were compared.
    """

    first: int
    second: int
    difference: float
    error: float
    p: float
    adjusted: float


def compare_pairs(statistics: Floats, replicas: Floats, clusters: int) -> list[Comparison]:
    """Return all pairs of entries, in the order of the entries.

    Args:
        statistics: float64 (k,), the statistic of each entry.
        replicas: float64 (n_replicas, k), the same on drawn signals and events.
        clusters: number of independent signals that were drawn from.

    Raises:
        UsageError: there are fewer than two signals, which have no spread.

    Example:
        >>> replicas = np.array([[0.90, 0.70], [0.92, 0.69], [0.88, 0.71]])
        >>> [round(one.difference, 2) for one in compare_pairs(np.array([0.9, 0.7]), replicas, clusters=10)]
        [0.2]
    """
    if clusters < 2:
        msg = (
            f"entries are compared over signals, of which {clusters} counts here; leave --channel out, or take another"
        )
        raise UsageError(msg)
    pairs = list(combinations(range(len(statistics)), 2))
    widened = np.sqrt(clusters / (clusters - 1.0))
    differences = [float(statistics[i] - statistics[j]) for i, j in pairs]
    errors = [float(widened * np.std(replicas[:, i] - replicas[:, j], ddof=1)) for i, j in pairs]
    p = student_tails(_in_errors(np.array(differences), np.array(errors)), clusters - 1)
    return [
        Comparison(i, j, difference, error, one, adjusted)
        for (i, j), difference, error, one, adjusted in zip(
            pairs, differences, errors, p.tolist(), holm(p).tolist(), strict=True
        )
    ]


def holm(p: Floats) -> Floats:
    """Return probabilities corrected for their number: the chance of any false claim stays below the level.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65.

    Example:
        >>> holm(np.array([0.01, 0.04, 0.03])).round(3)
        array([0.03, 0.06, 0.06])
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def letters(entries: int, apart: Sequence[tuple[int, int]]) -> list[str]:
    """Return for each entry the letters of its groups: entries that share a letter cannot be told apart.

    Source: the insert-and-absorb algorithm of Piepho, J. Comput. Graph. Stat. 13 (2004) 456.

    Args:
        entries: how many there are, best first.
        apart: pairs of places that can be told apart.

    Example:
        >>> letters(3, [(0, 2)])
        ['a', 'ab', 'b']
    """
    groups = [frozenset(range(entries))]
    for i, j in apart:
        split = [part for group in groups if {i, j} <= group for part in (group - {i}, group - {j})]
        kept = {group for group in groups if not {i, j} <= group} | set(split)
        groups = [group for group in kept if not any(group < other for other in kept)]
    ordered = sorted((sorted(group) for group in groups), key=lambda group: (group[0], group[-1], group))
    return ["".join(_letter(n) for n, group in enumerate(ordered) if place in group) for place in range(entries)]


def student_tails(t: Floats, freedom: int) -> Floats:
    """Return the probability that Student's t lies further from zero, on either side.

    With t = sqrt(nu) tan(x) the density is proportional to cos(x)^(nu - 1), which is summed numerically.

    Example:
        >>> student_tails(np.array([0.0, 1.0, 12.706]), 1).round(3)
        array([1.  , 0.5 , 0.05])
    """
    unit = np.linspace(0.0, 1.0, _STEPS)
    half = 0.5 * np.pi

    def area(start: Floats) -> Floats:
        width = half - start
        heights = np.clip(np.cos(start[:, None] + width[:, None] * unit), 0.0, None) ** (freedom - 1)
        return np.asarray(np.trapezoid(heights, unit, axis=1) * width, np.float64)

    return area(np.arctan(np.abs(t) / np.sqrt(freedom))) / area(np.zeros(1))


def _in_errors(differences: Floats, errors: Floats) -> Floats:
    """Return differences in standard errors: none is no difference, whatever its error."""
    surely = np.where(differences == 0.0, 0.0, np.inf)
    return np.divide(differences, errors, out=surely, where=errors > 0.0)


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else f"({number + 1})"
