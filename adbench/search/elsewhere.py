"""The look-elsewhere effect over masses: how often does background alone give such a peak anywhere?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.search.combine import COMBINATIONS, deviations
from adbench.search.scan import Said, Scan, Spectrum, scan_asymptotic
from adbench.search.toys import calibrate, calibrated, pseudo_experiments

__all__ = ["Elsewhere", "global_p", "toy_curves"]

Floats = NDArray[np.float64]

_ENOUGH = 10  # pseudo-experiments beyond the data, with which their share is taken
_OTHER = 1_000_003  # a second seed: these pseudo-experiments are not those that significances are calibrated with


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A global p-value.

    Attributes:
        p: of the largest deviation at any mass.
        method: ``toys`` or ``trial factor``.
        toys: how many pseudo-experiments were scanned.
        beyond: how many of them have a larger deviation somewhere.
        crossings: mean number of times that their curves rise above the level 0.
    """

    p: float
    method: str
    toys: int
    beyond: int
    crossings: float


def toy_curves(
    found: Scan, spectrum: Spectrum, number: int, how: str, seed: int = 0, jobs: int = 1, said: Said | None = None
) -> Floats:
    """Return the combined deviations of background-only pseudo-experiments at each mass, (number, M).

    Args:
        found: the scan of the data, from whose fits without a resonance they are drawn.
        spectrum: bins, masses and shapes.
        number: how many.
        how: ``fisher`` or ``stouffer``.
        seed: of the pseudo-experiments.
        jobs: threads.
        said: told of progress.
    """
    expected = found.background.expected
    toys = pseudo_experiments(expected, number, np.random.default_rng([seed, _OTHER]))
    scanned = scan_asymptotic(toys.reshape(-1, expected.shape[1]), spectrum, jobs=jobs, said=said)
    z = scanned.z.reshape(number, len(expected), -1)
    known = calibrate(found, spectrum, seed + _OTHER, jobs=jobs)
    return deviations(COMBINATIONS[how](np.moveaxis(calibrated(z, known), 1, 0)))


def global_p(local: Floats, curves: Floats) -> Elsewhere:
    """Return the probability that background alone deviates as much at any mass.

    It is the share of pseudo-experiments that do, where at least ten do. Else it is the local p-value and the number of
    upcrossings at level 0, carried to the observed level by exp(-z^2 / 2): the trial factor of Gross and Vitells,
    arXiv:1005.1891, for a field that is normal at each mass.

    Args:
        local: (M,) deviations of the data.
        curves: (T, M) of pseudo-experiments.
    """
    from scipy.special import ndtr

    peak = float(np.max(local))
    beyond = int(np.count_nonzero(curves.max(axis=1) >= peak))
    crossings = float(np.mean(np.sum((curves[:, :-1] < 0.0) & (curves[:, 1:] >= 0.0), axis=1)))
    if beyond >= _ENOUGH:
        return Elsewhere((1 + beyond) / (1 + len(curves)), "toys", len(curves), beyond, crossings)
    p = min(1.0, float(ndtr(-peak)) + crossings * float(np.exp(-0.5 * peak**2)))
    return Elsewhere(p, "trial factor", len(curves), beyond, crossings)
