"""The one random law of the detector: log-normal, so that no energy becomes negative."""

from __future__ import annotations

import numpy as np

from adbench_darkmachines.generator.particles import Array


def log_normal(mean: Array, sigma: Array, rng: np.random.Generator) -> Array:
    """Draw log-normal numbers with the given mean and standard deviation (both in the unit of `mean`).

    As Delphes does it (doi:10.1007/JHEP02(2014)057): with b^2 = ln(1 + sigma^2 / mean^2), exp(ln mean - b^2/2 + b z).
    """
    b2 = np.log1p((sigma / mean) ** 2)
    drawn: Array = mean * np.exp(np.sqrt(b2) * rng.standard_normal(len(mean)) - 0.5 * b2)
    return drawn
