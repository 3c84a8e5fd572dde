"""Phase space of n particles of one mass at a fixed energy, and the directions that describe it.

Momenta are float64 (..., n, 4), E, px, py, pz, in the rest frame of all. A massive event and a massless one belong
together by a common factor on all three-momenta, which treats all particles alike. Of four massless particles the
directions say everything: energy and momentum conservation are four linear equations for their energies.

Source: Kleiss, Stirling, Ellis, Comput. Phys. Commun. 40 (1986) 359 (RAMBO), equations 4.2 to 4.11.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "directions",
    "energies_of",
    "flat_density",
    "flat_massless",
    "from_directions",
    "massive",
    "massive_weight",
    "massless",
]

Floats = NDArray[np.float64]


def flat_massless(events: int, n: int, energy: float, rng: np.random.Generator) -> Floats:
    """Return massless momenta, (events, n, 4), uniform in phase space, that share an energy in their rest frame.

    Example:
        >>> momenta = flat_massless(5, 4, 4000.0, np.random.default_rng(1))
        >>> np.allclose(momenta.sum(axis=1), [4000, 0, 0, 0])
        True
    """
    cosine, azimuth = rng.uniform(-1, 1, (events, n)), rng.uniform(-np.pi, np.pi, (events, n))
    q = -np.log(rng.uniform(size=(events, n)) * rng.uniform(size=(events, n)))
    q = q[..., None] * _with_unit(cosine, azimuth)
    total = q.sum(axis=1)
    mass = np.sqrt(total[:, 0] ** 2 - (total[:, 1:] ** 2).sum(axis=1))
    boost = -total[:, 1:] / mass[:, None]
    gamma = total[:, 0] / mass
    along = np.einsum("bj,bnj->bn", boost, q[..., 1:])
    space = q[..., 1:] + boost[:, None] * (q[..., 0] + along / (1 + gamma)[:, None])[..., None]
    time = gamma[:, None] * q[..., 0] + along
    momenta: Floats = np.concatenate([time[..., None], space], axis=2) * (energy / mass)[:, None, None]
    return momenta


def massive(momenta: Floats, mass: float) -> Floats:
    """Return the momenta of particles of this mass that belong to massless ones, at the same energy.

    Raises:
        ValueError: the particles are heavier than the energy allows.
    """
    energy, p2 = momenta[..., 0].sum(axis=-1), (momenta[..., 1:] ** 2).sum(axis=-1)
    if (energy <= mass * momenta.shape[-2]).any():
        msg = f"{momenta.shape[-2]} particles of {mass:g} GeV need more than {float(energy.min()):g} GeV"
        raise ValueError(msg)
    factor = np.sqrt(1 - (mass * momenta.shape[-2] / energy) ** 2)  # exact where all energies are equal
    for _ in range(30):  # Newton's method on a convex function: it converges from above
        each = np.sqrt(p2 * factor[..., None] ** 2 + mass**2)
        step = (each.sum(axis=-1) - energy) / (p2 * factor[..., None] / each).sum(axis=-1)
        factor = factor - step
        if float(np.abs(step).max(initial=0.0)) < 1e-14:
            break
    each = np.sqrt(p2 * factor[..., None] ** 2 + mass**2)
    return np.concatenate([each[..., None], momenta[..., 1:] * factor[..., None, None]], axis=-1)


def massless(momenta: Floats) -> Floats:
    """Return the massless momenta that belong to massive ones, at the same energy."""
    length = np.sqrt((momenta[..., 1:] ** 2).sum(axis=-1))
    factor = momenta[..., 0].sum(axis=-1) / length.sum(axis=-1)
    scaled: Floats = np.concatenate([length[..., None], momenta[..., 1:]], axis=-1) * factor[..., None, None]
    return scaled


def massive_weight(momenta: Floats) -> Floats:
    """Return d(massive phase space) / d(massless phase space) up to a constant, (...), at massive momenta."""
    energy = momenta[..., 0].sum(axis=-1)
    length = np.sqrt((momenta[..., 1:] ** 2).sum(axis=-1))
    share = length.sum(axis=-1) / energy
    n = momenta.shape[-2]
    ratio = (length / momenta[..., 0]).prod(axis=-1)
    weight: Floats = share ** (2 * n - 3) * ratio / ((length**2 / momenta[..., 0]).sum(axis=-1) / energy)
    return weight


def directions(momenta: Floats) -> tuple[Floats, Floats]:
    """Return cosine of the polar angle and azimuth in [-pi, pi), (..., n) each."""
    length = np.sqrt((momenta[..., 1:] ** 2).sum(axis=-1))
    azimuth = np.arctan2(momenta[..., 2], momenta[..., 1])
    return momenta[..., 3] / length, np.where(azimuth >= np.pi, -np.pi, azimuth)


def energies_of(cosine: Floats, azimuth: Floats, energy: float) -> tuple[Floats, Floats]:
    """Return the energies of four massless particles with these directions, (..., 4), and |det| of their equations.

    Energies are negative, or huge, where no four particles at rest together fly in these directions.
    """
    matrix = np.swapaxes(_with_unit(cosine, azimuth), -1, -2)
    determinant = np.abs(np.linalg.det(matrix))
    safe = np.where((determinant > 1e-12)[..., None, None], matrix, np.eye(4))
    right = np.broadcast_to(np.array([energy, 0.0, 0.0, 0.0]), cosine.shape)
    found = np.linalg.solve(safe, right[..., None])[..., 0]
    return np.where((determinant > 1e-12)[..., None], found, -1.0), determinant


def from_directions(cosine: Floats, azimuth: Floats, energy: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the massless momenta of one of two, or of all four, particles, (events, n, 4), and which are possible.

    Args:
        cosine: (events, 1), of the first of two particles back to back, or (events, 4).
        azimuth: of the same shape.
        energy: of all particles together.
    """
    unit = _with_unit(cosine, azimuth)
    if cosine.shape[-1] == 1:
        back = unit * np.array([1.0, -1.0, -1.0, -1.0])
        return 0.5 * energy * np.concatenate([unit, back], axis=-2), np.ones(len(cosine), bool)
    energies, _ = energies_of(cosine, azimuth, energy)
    possible = np.asarray((energies > 0).all(axis=-1))
    return np.where(possible[..., None], energies, energy / 4)[..., None] * unit, possible


def flat_density(cosine: Floats, azimuth: Floats) -> Floats:
    """Return log of the density of flat massless phase space in cosines and azimuths, (events,).

    d^3p / 2E = E / 2 dE dcos dphi for each particle; the delta function of the total momentum fixes the energies and
    leaves 1 / |det|. The volume is (pi/2)^(n-1) s^(n-2) / ((n-1)! (n-2)!), RAMBO eq. 2.14. -inf where impossible.
    """
    if cosine.shape[-1] == 1:
        return np.full(len(cosine), -math.log(4 * math.pi))
    energies, determinant = energies_of(cosine, azimuth, 1.0)
    volume = (math.pi / 2) ** 3 / (math.factorial(3) * math.factorial(2))
    with np.errstate(divide="ignore", invalid="ignore"):
        log_p = np.log(energies / 2).sum(axis=-1) - np.log(determinant) - math.log(volume)
    return np.where((energies > 0).all(axis=-1), log_p, -np.inf)


def _with_unit(cosine: Floats, azimuth: Floats) -> Floats:
    """Return (1, x, y, z) of unit vectors, (..., n, 4)."""
    sine = np.sqrt(np.maximum(1 - cosine**2, 0))
    return np.stack([np.ones_like(cosine), sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=-1)
