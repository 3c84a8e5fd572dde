"""gg to two and to four gluinos of 600 GeV at 4 TeV: momenta drawn from their density, and the density itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench_four_gluino.amplitude import Labels, colour_weights
from adbench_four_gluino.phase_space import (
    flat_density,
    flat_massless,
    from_directions,
    massive,
    massive_weight,
)

__all__ = ["ENERGY", "FOUR", "MASS", "P_FOUR", "TWO", "Labels", "Process"]

Floats = NDArray[np.float64]

ENERGY = 4000.0
"""GeV, of the two gluons."""
MASS = 600.0
"""GeV, of a gluino."""
P_FOUR = 4.0069e-5
"""Probability of four gluinos among events of two or four (arXiv:2205.01697, section 3.3)."""

_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Process:
    """Production of n gluinos.

    Attributes:
        n: how many gluinos, 2 or 4.
        mean: mean weight over flat massless phase space: the cross-section, up to a constant.
        bound: largest weight, in units of the mean, that drawing allows for.
    """

    n: int
    mean: float
    bound: float

    def weights(self, momenta: Floats) -> Floats:
        """Return density over density of flat massless phase space, (events,), at massive momenta."""
        parts = [momenta[start : start + _CHUNK] for start in range(0, len(momenta), _CHUNK)]
        found = [massive_weight(part) * colour_weights(part).sum(axis=1) for part in parts]
        weights: Floats = np.concatenate([np.zeros(0), *found]) / self.mean
        return weights

    def draw(self, events: int, rng: np.random.Generator) -> Floats:
        """Return the massive momenta of events, (events, n, 4), by accepting flat ones in proportion to their weight.

        Raises:
            ValueError: a weight is above the bound, so that events drawn so far are not from the density.
        """
        found: list[Floats] = []
        missing = events
        while missing > 0:
            momenta = massive(flat_massless(_CHUNK, self.n, ENERGY, rng), MASS)
            weights = self.weights(momenta)
            if float(weights.max()) > self.bound:
                msg = f"weight {float(weights.max()):.3g} of {self.n} gluinos is above the bound {self.bound:g}"
                raise ValueError(msg)
            accepted = momenta[rng.uniform(size=_CHUNK) * self.bound < weights][:missing]
            found.append(accepted)
            missing -= len(accepted)
        return np.concatenate([np.zeros((0, self.n, 4)), *found])

    def draw_flat(self, events: int, rng: np.random.Generator) -> Floats:
        """Return massive momenta that belong to flat massless ones, (events, n, 4)."""
        return massive(flat_massless(events, self.n, ENERGY, rng), MASS)

    def momenta(self, cosine: Floats, azimuth: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the massive momenta of directions, and which directions are possible: see `from_directions`."""
        momenta, possible = from_directions(cosine, azimuth, ENERGY)
        safe = np.where(possible[:, None, None], momenta, flat_massless(1, self.n, ENERGY, np.random.default_rng(0)))
        return massive(safe, MASS), possible

    def log_density(self, cosine: Floats, azimuth: Floats) -> Floats:
        """Return log of the density in cosines and azimuths, (events,); -inf where the directions are impossible."""
        momenta, possible = self.momenta(cosine, azimuth)
        log_p = flat_density(cosine, azimuth) + np.log(self.weights(momenta))
        return np.where(possible, log_p, -np.inf)


FOUR = Process(4, 552_426.0, 40.0)  # mean over 10^7 events, +- 165; largest weight found there: 19.4
TWO = Process(2, 377.150_62, 25.0)  # an integral: `mean_of_two`


def mean_of_two(points: int = 400) -> float:
    """Return the mean weight of pairs: they depend on one angle, so it is an integral over the cosine."""
    cosine, weight = np.polynomial.legendre.leggauss(points)
    momenta = massive(from_directions(cosine[:, None], np.zeros((points, 1)), ENERGY)[0], MASS)
    return float((weight / 2 * massive_weight(momenta) * colour_weights(momenta).sum(axis=1)).sum())


def log_shares() -> tuple[float, float]:
    """Return log of the probabilities of two and of four gluinos."""
    return math.log1p(-P_FOUR), math.log(P_FOUR)
