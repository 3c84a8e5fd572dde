"""Many binned likelihood fits at once: Poisson counts whose expectation is linear in the parameters.

``mu = c . shapes`` with coefficients c >= 0, the last of which may be free of that bound as long as mu >= 0 in every
bin: that is the yield of a resonance, which has to be able to be negative. The likelihood is convex, so a primal-dual
interior-point method (Wright, Primal-Dual Interior-Point Methods, SIAM 1997, chapter 10) finds the one minimum in some
15 Newton steps, which are done for all spectra together. `adbench.search.minuit` is the independent check.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fits", "fit"]

Floats = NDArray[np.float64]

_STEPS = 80
_CLOSE = 1e-7  # of a minimum: what the likelihood may still gain, and the barrier's weight
_TO_WALL = 0.95  # share of the way to a bound that a step may go


@dataclass(frozen=True, slots=True)
class Fits:
    """Fitted spectra.

    Attributes:
        coefficients: (F, P), numbers of events.
        multipliers: (F, B + P), of the bounds on bins and coefficients: 0 where a bound does not bind.
        shapes: (P, B), the same for all.
        bounded: how many of the coefficients have to be positive.
    """

    coefficients: Floats
    multipliers: Floats
    shapes: Floats
    bounded: int

    @property
    def expected(self) -> Floats:
        """Expected events, (F, B)."""
        return np.asarray(self.coefficients @ self.shapes)


def fit(counts: Floats, shapes: Floats, free_yield: bool = False, start: Floats | None = None) -> Fits:
    """Return the fits of largest likelihood.

    Args:
        counts: (F, B) events.
        shapes: (P, B), a share in each bin for each coefficient; the last is the resonance where `free_yield`.
        free_yield: whether the last coefficient may be negative.
        start: (F, P) coefficients to start from.
    """
    n_shapes, n_bins = shapes.shape
    bounded = n_shapes - 1 if free_yield else n_shapes
    rows = np.concatenate([shapes, np.eye(n_shapes)[:, :bounded]], axis=1)  # bounds: on bins, then on coefficients
    ones = np.repeat([1.0, 0.0], [n_bins, bounded])
    products = (rows[:, None, :] * rows[None, :, :]).reshape(n_shapes**2, -1).T.copy()
    n = np.concatenate([counts, np.zeros((len(counts), bounded))], axis=1)
    c = _inside(counts, n_shapes, bounded, start)
    v = 1.0 / (c @ rows)  # multipliers; with z they make up the distance from the central path
    running = np.arange(len(counts))
    for _ in range(_STEPS):
        at, some, weight = c[running], n[running], v[running]
        z = at @ rows
        gap = np.mean(weight * z, axis=1)
        barrier = np.maximum(0.1 * gap, 0.1 * _CLOSE)[:, None]
        gradient = (ones - (some + barrier) / z) @ rows.T
        curvature = ((some / z + weight) / z) @ products
        hessian = curvature.reshape(-1, n_shapes, n_shapes)
        step = -np.linalg.solve(hessian, gradient[..., None])[..., 0]
        change = step @ rows
        dual = barrier / z - weight - weight / z * change
        length = _longest(z, change)
        c[running] += length * step
        v[running] += _longest(weight, dual) * dual
        gain = -np.sum(gradient * step, axis=1)
        running = running[(gain > _CLOSE) | (gap > _CLOSE)]
        if not len(running):
            break
    return Fits(c, v, shapes, bounded)


def _inside(counts: Floats, n_shapes: int, bounded: int, start: Floats | None) -> Floats:
    """Return coefficients that keep away from the bounds, (F, P)."""
    total = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    if start is None:
        c = np.zeros((len(counts), n_shapes))
        c[:, :bounded] = total / bounded
        return c
    c = np.array(start, np.float64)
    c[:, :bounded] = np.maximum(c[:, :bounded], 1e-2 * total / bounded)
    return c


def _longest(values: Floats, change: Floats) -> Floats:
    """Return the length of the step that keeps values positive, at most 1, (F, 1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        way = np.where(change < 0, -values / change, np.inf)
    return np.asarray(np.minimum(1.0, _TO_WALL * way.min(axis=1, keepdims=True)))
