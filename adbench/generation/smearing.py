"""The random law of measured energies, log-normal so that none becomes negative, and calorimeter resolutions.

Resolutions are from delphes_card_ATLAS.dat of github.com/darkmachineschallenges/unsupervised_darkmachines.
"""

from __future__ import annotations

import numpy as np

from adbench.generation.kinematics import Array

__all__ = ["ecal_sigma", "hcal_sigma", "log_normal"]


def log_normal(mean: Array, sigma: Array, rng: np.random.Generator) -> Array:
    """Draw log-normal numbers with the given mean and standard deviation (both in the unit of `mean`).

    As Delphes does it (doi:10.1007/JHEP02(2014)057): with b^2 = ln(1 + sigma^2 / mean^2), exp(ln mean - b^2/2 + b z).
    """
    b2 = np.log1p((sigma / mean) ** 2)
    drawn: Array = mean * np.exp(np.sqrt(b2) * rng.standard_normal(len(mean)) - 0.5 * b2)
    return drawn


def ecal_sigma(e: Array, eta: Array) -> Array:
    """Resolution [GeV] of the electromagnetic calorimeter at energy e [GeV]."""
    forward = np.abs(eta) > 3.2
    constant = np.where(forward, 0.035, 0.0017)
    stochastic = np.where(forward, 0.285, 0.101)
    sigma: Array = np.sqrt((constant * e) ** 2 + stochastic**2 * e)
    return sigma


def hcal_sigma(e: Array, eta: Array) -> Array:
    """Resolution [GeV] of the hadronic calorimeter at energy e [GeV]."""
    region = np.digitize(np.abs(eta), (1.7, 3.2))
    constant = np.array([0.0302, 0.05, 0.0942])[region]
    stochastic = np.array([0.5205, 0.706, 1.0])[region]
    noise = np.array([1.59, 0.0, 0.0])[region]
    sigma: Array = np.sqrt((constant * e) ** 2 + stochastic**2 * e + noise**2)
    return sigma
