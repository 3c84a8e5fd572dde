"""What a mass spectrum is made of: a smooth background and a narrow resonance, in bins."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import UsageError
from adbench.search.design import Design

__all__ = [
    "FAMILIES",
    "WIDTH",
    "background",
    "bernstein",
    "edges_of",
    "falling_range",
    "power_law",
    "resonance",
    "spectra",
]

Floats = NDArray[np.float64]

WIDTH = 0.03
"""Standard deviation of the resonance over its mass (arXiv:2011.03550, section 4: 3 %)."""


def edges_of(low: float, high: float, width: float = WIDTH) -> Floats:
    """Return the edges of equal bins, (B + 1,) in GeV, each at most half as wide as the narrowest resonance.

    Example:
        >>> len(edges_of(3000.0, 6000.0))
        68
    """
    number = max(1, round(np.ceil((high - low) / (0.5 * width * low))))
    return np.linspace(low, high, number + 1)


def bernstein(edges: Floats, order: int) -> Floats:
    """Return the share of each Bernstein polynomial in each bin, (order + 1, B); each row adds up to 1.

    With this normalisation a coefficient is a number of events, and non-negative coefficients make a non-negative
    spectrum. The integral of a Bernstein polynomial is a beta distribution, so it is exact.

    Args:
        edges: (B + 1,) in GeV.
        order: of the polynomials.
    """
    from scipy.special import betainc

    x = (edges - edges[0]) / (edges[-1] - edges[0])
    k = np.arange(order + 1)[:, None]
    return np.diff(betainc(k + 1.0, order - k + 1.0, x), axis=1)


def power_law(edges: Floats, order: int) -> Floats:
    """Return Legendre polynomials of the logarithm of the mass at the middle of each bin, (order + 1, B).

    The exponential of their sum is a power of the mass whose exponent changes with its logarithm: order 1 is a power
    law, order 2 one with a running exponent: the dijet function of searches at the LHC (CMS, arXiv:1911.03947)
    without its factor in 1 - x, which is smooth over the range of one search.

    Args:
        edges: (B + 1,) in GeV.
        order: of the polynomials.
    """
    middles = np.log(0.5 * (edges[1:] + edges[:-1]))
    x = 2.0 * (middles - np.log(edges[0])) / np.log(edges[-1] / edges[0]) - 1.0
    return np.asarray(np.polynomial.legendre.legvander(x, order).T)


class Family(NamedTuple):
    """A kind of background: its shapes, whether their sum is a logarithm, and the order that is taken by default."""

    shapes: Callable[[Floats, int], Floats]
    log: bool
    order: int


FAMILIES = {"power-law": Family(power_law, True, 2), "bernstein": Family(bernstein, False, 3)}
"""Backgrounds by name; Bernstein polynomials of order 3 are those of arXiv:2011.03550."""


def background(edges: Floats, family: str, order: int) -> Design:
    """Return the background of a search, one of `FAMILIES`, without a resonance."""
    kind = FAMILIES[family]
    return Design.of_background(kind.shapes(edges, order), kind.log)


def resonance(edges: Floats, mass: float, width: float = WIDTH) -> Floats:
    """Return the share of a Gaussian resonance in each bin, (B,); less than 1 in all where it leaves the range.

    Args:
        edges: (B + 1,) in GeV.
        mass: of the resonance in GeV.
        width: its standard deviation over its mass.
    """
    from scipy.special import ndtr

    return np.asarray(np.diff(ndtr((edges - mass) / (width * mass))))


def spectra(masses: Floats, labels: NDArray[np.int64], categories: int, edges: Floats) -> Floats:
    """Return the number of events of each category in each bin, (categories, B).

    Args:
        masses: (n,) in GeV; events outside of the edges are left out.
        labels: (n,) number of each event's category; negative ones belong to none.
        categories: how many there are.
        edges: (B + 1,) in GeV.
    """
    bins = np.searchsorted(edges, masses, "right") - 1
    bins[masses == edges[-1]] = len(edges) - 2
    inside = (bins >= 0) & (bins < len(edges) - 1) & (labels >= 0)
    places = labels[inside] * (len(edges) - 1) + bins[inside]
    return np.bincount(places, minlength=categories * (len(edges) - 1)).reshape(categories, -1).astype(np.float64)


def falling_range(masses: Floats) -> tuple[float, float]:
    """Return where a spectrum of background falls and has events, in GeV, to two digits.

    From 1.1 times its most frequent mass, which leaves the turn-on of the trigger or selection behind, to where 1 % of
    the events above are left.

    Args:
        masses: (n,) of simulated background in GeV, not of the events that are searched.

    Raises:
        UsageError: nothing is above, as of a spectrum that is a peak.
    """
    counts, edges = np.histogram(masses, bins=50, range=tuple(np.quantile(masses, [0.0, 0.99])))
    low = _two_digits(1.1 * float(edges[np.argmax(counts)] + edges[np.argmax(counts) + 1]) / 2)
    above = masses[masses >= low]
    if not len(above):
        msg = f"no simulated background above {low:g} GeV, where its spectrum would fall; give --range LOW HIGH"
        raise UsageError(msg)
    return low, _two_digits(float(np.quantile(above, 0.99)))


def _two_digits(value: float) -> float:
    return float(f"{value:.1e}")
