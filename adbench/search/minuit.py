"""The same fit by iminuit: an independent check of the scan, and asymmetric errors where a bump was found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.search.design import Design

__all__ = ["MinuitFit", "fit_with_minuit"]

Floats = NDArray[np.float64]

_LEAST = 1e-9  # events expected in a bin at least, so that the logarithm is a number
_WALL = 1e9  # how steeply the likelihood falls where fewer are expected


@dataclass(frozen=True, slots=True)
class MinuitFit:
    """One fit.

    Attributes:
        coefficients: (K,), those of `adbench.search.fit.Fits`.
        likelihood: minus its logarithm, without terms of the counts alone.
        valid: whether iminuit says that it found a minimum.
        low, high: the 68 % interval of the last coefficient by MINOS; NaN where that failed.
    """

    coefficients: Floats
    likelihood: float
    valid: bool
    low: float
    high: float


def fit_with_minuit(counts: Floats, design: Design) -> MinuitFit:
    """Return the fit of largest likelihood to one spectrum, (B,); arguments are those of `adbench.search.fit.fit`."""
    from iminuit import Minuit

    n_bins = len(counts)

    def likelihood(values: Floats) -> float:
        expected = design.expected(np.asarray(values)[None])[0, :n_bins]
        short = np.minimum(expected - _LEAST, 0.0)
        return float(np.sum(expected - counts * np.log(np.maximum(expected, _LEAST))) + _WALL * np.sum(short**2))

    start = np.zeros(design.number)
    if design.log:
        start[0] = np.log(max(counts.sum(), 1.0) / n_bins)
    else:
        start[: design.bounded] = max(counts.sum(), 1.0) / design.bounded
    minuit = Minuit(likelihood, start)
    minuit.errordef, minuit.strategy, minuit.tol = Minuit.LIKELIHOOD, 2, 1e-3
    for k in range(design.bounded):
        minuit.limits[k] = (0.0, None)
    minuit.simplex().migrad(ncall=50_000)
    low = high = float("nan")
    if len(design.resonance) and minuit.valid:
        last = design.number - 1
        minuit.minos(last)
        interval = minuit.merrors[minuit.parameters[last]]
        if interval.is_valid:
            low, high = minuit.values[last] + interval.lower, minuit.values[last] + interval.upper
    return MinuitFit(np.array(minuit.values), float(minuit.fval), bool(minuit.valid), float(low), float(high))
