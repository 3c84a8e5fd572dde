"""The same fit by iminuit: an independent check of the scan, and asymmetric errors where a bump was found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MinuitFit", "fit_with_minuit"]

Floats = NDArray[np.float64]

_LEAST = 1e-9  # events expected in a bin at least, so that the logarithm is a number
_WALL = 1e9  # how steeply the likelihood falls where fewer are expected


@dataclass(frozen=True, slots=True)
class MinuitFit:
    """One fit.

    Attributes:
        coefficients: (P,) events.
        likelihood: minus its logarithm, without terms of the counts alone.
        valid: whether iminuit says that it found a minimum.
        low, high: the 68 % interval of the last coefficient by MINOS; NaN where that failed.
    """

    coefficients: Floats
    likelihood: float
    valid: bool
    low: float
    high: float


def fit_with_minuit(counts: Floats, shapes: Floats, free_yield: bool = False) -> MinuitFit:
    """Return the fit of largest likelihood to one spectrum, (B,); arguments are those of `adbench.search.fit.fit`."""
    from iminuit import Minuit

    def likelihood(values: Floats) -> float:
        expected = np.asarray(values) @ shapes
        short = np.minimum(expected - _LEAST, 0.0)
        return float(np.sum(expected - counts * np.log(np.maximum(expected, _LEAST))) + _WALL * np.sum(short**2))

    bounded = len(shapes) - 1 if free_yield else len(shapes)
    start = np.full(len(shapes), max(counts.sum(), 1.0) / bounded)
    start[bounded:] = 0.0
    minuit = Minuit(likelihood, start)
    minuit.errordef, minuit.strategy, minuit.tol = Minuit.LIKELIHOOD, 2, 1e-3
    for k in range(bounded):
        minuit.limits[k] = (0.0, None)
    minuit.simplex().migrad(ncall=50_000)
    low = high = float("nan")
    if free_yield and minuit.valid:
        minuit.minos(bounded)
        interval = minuit.merrors[minuit.parameters[bounded]]
        if interval.is_valid:
            low, high = minuit.values[bounded] + interval.lower, minuit.values[bounded] + interval.upper
    return MinuitFit(np.array(minuit.values), float(minuit.fval), bool(minuit.valid), float(low), float(high))
