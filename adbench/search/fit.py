"""Many binned likelihood fits at once: Poisson counts whose expectation is a `Design`.

Where the background is a sum, the likelihood is convex in coefficients that are bounded from below. Where it is the
exponential of one, it is a regression with Poisson counts and a yield added. In both every bin must expect something,
which bounds a negative yield. A primal-dual interior-point method (Wright, Primal-Dual Interior-Point Methods, SIAM
1997, chapter 10) finds the minimum in some 15 steps, which are done for all spectra together; steps of an exponential
background take the expected curvature, as in generalised linear models (McCullagh and Nelder, 1989, section 2.5).
`adbench.search.minuit` is the independent check.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.search.design import Design

__all__ = ["Fits", "fit"]

Floats = NDArray[np.float64]

_STEPS = 80
_CLOSE = 1e-7  # of a minimum: what the likelihood may still gain, and the barrier's weight
_TO_WALL = 0.95  # share of the way to a bound that a step may go
_FACTOR = 1.0  # change of a logarithm that a step may make, beyond which a straight line says little of an exponential


@dataclass(frozen=True, slots=True)
class Fits:
    """Fitted spectra.

    Attributes:
        coefficients: (F, K): numbers of events, but those of an exponential's logarithm.
        multipliers: (F, B + bounded), of the bounds on bins and coefficients: 0 where a bound does not bind.
        design: the same for all.
    """

    coefficients: Floats
    multipliers: Floats
    design: Design

    @property
    def expected(self) -> Floats:
        """Expected events, (F, B)."""
        return self.design.expected(self.coefficients)[:, : self.design.background.shape[1]]


def fit(counts: Floats, design: Design, start: Floats | None = None) -> Fits:
    """Return the fits of largest likelihood.

    Args:
        counts: (F, B) events.
        design: what their expectation is made of.
        start: (F, K) coefficients to start from.
    """
    ones = np.repeat([1.0, 0.0], [counts.shape[1], design.bounded])
    n = np.concatenate([counts, np.zeros((len(counts), design.bounded))], axis=1)
    c = _inside(counts, design, start)
    v = 1.0 / design.expected(c)  # multipliers; with z they make up the distance from the central path
    running = np.arange(len(counts))
    for _ in range(_STEPS):
        at, some, weight = c[running], n[running], v[running]
        z, scale = design.expected(at), design.scale(at)
        gap = np.mean(weight * z, axis=1)
        barrier = np.maximum(0.1 * gap, 0.1 * _CLOSE)[:, None]
        gradient = design.slopes(ones - (some + barrier) / z, scale)
        curvature = design.squares(((1.0 if design.log else some / z) + weight) / z, scale, scale)
        step = np.asarray(-np.linalg.solve(curvature, gradient[..., None])[..., 0], np.float64)
        change = design.along(step, scale)
        dual = barrier / z - weight - weight / z * change
        length = _longest(z, change)
        if design.log:
            length = np.minimum(length, _FACTOR / _largest(step, design))
        c[running] += length * step
        v[running] += _longest(weight, dual) * dual
        gain = -np.sum(gradient * step, axis=1)
        running = running[(gain > _CLOSE) | (gap > _CLOSE)]
        if not len(running):
            break
    return Fits(c, v, design)


def _inside(counts: Floats, design: Design, start: Floats | None) -> Floats:
    """Return coefficients that keep away from the bounds, (F, K)."""
    if design.log:
        return _regression(counts, design) if start is None else np.array(start, np.float64)
    total = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    if start is None:
        c = np.zeros((len(counts), design.number))
        c[:, : design.bounded] = total / design.bounded
        return c
    c = np.array(start, np.float64)
    c[:, : design.bounded] = np.maximum(c[:, : design.bounded], 1e-2 * total / design.bounded)
    return c


def _regression(counts: Floats, design: Design) -> Floats:
    """Return the coefficients of a line through the logarithms of counts, (F, K), no resonance."""
    weights, ones = counts + 0.5, np.ones((len(counts), 1))
    plain = Design.of_background(design.background, log=True)
    sides = plain.slopes(weights * np.log(weights), ones)
    c = np.linalg.solve(plain.squares(weights, ones, ones), sides[..., None])[..., 0]
    return np.concatenate([c, np.zeros((len(c), len(design.resonance)))], axis=1)


def _largest(step: Floats, design: Design) -> Floats:
    """Return the largest change of the logarithm of a background in any bin, (F, 1)."""
    n = len(design.background)
    return np.asarray(np.abs(step[:, :n] @ design.background).max(axis=1, keepdims=True) + 1e-300)


def _longest(values: Floats, change: Floats) -> Floats:
    """Return the length of the step that keeps values positive, at most 1, (F, 1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        way = np.where(change < 0, -values / change, np.inf)
    return np.asarray(np.minimum(1.0, _TO_WALL * way.min(axis=1, keepdims=True)))
