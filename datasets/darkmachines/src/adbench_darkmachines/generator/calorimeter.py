"""Electromagnetic and hadronic towers, after the ATLAS card of the challenge.

Every number is from delphes_card_ATLAS.dat of github.com/darkmachineschallenges/unsupervised_darkmachines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from adbench.generation.kinematics import Array
from adbench.generation.smearing import ecal_sigma, hcal_sigma, log_normal
from adbench_darkmachines.generator.particles import ELECTRON_ID, MUON_ID, PHOTON_ID, Particles, charge
from adbench_darkmachines.generator.propagation import impact_phi

ETA_MAX = 4.9
FORWARD = 2.5  # hadronic cells are twice as wide in phi beyond
SIGNIFICANCE_MIN = 2.0


@dataclass(frozen=True, slots=True)
class Towers:
    """Calorimeter cells above threshold, massless, flat and ordered by event; energies in GeV."""

    event: Array
    eta: Array
    phi: Array
    e: Array


def towers(particles: Particles, rng: np.random.Generator) -> Towers:
    """Let all visible particles but muons leave their energy in cells, smear the cells, apply the thresholds."""
    q = charge(particles.pdg)
    phi, arrives = impact_phi(particles.pt, particles.eta, particles.phi, q)
    code = np.abs(particles.pdg)
    seen = arrives & (np.abs(particles.eta) < ETA_MAX) & (code != MUON_ID)
    electromagnetic = (code == ELECTRON_ID) | (code == PHOTON_ID)

    fine = _cells(particles, phi, seen & electromagnetic, 0.0174, np.pi / 180.0, False, rng)
    coarse = _cells(particles, phi, seen & ~electromagnetic, 0.1, np.pi / 18.0, True, rng)
    fine = _measured(fine, ecal_sigma, 0.5, rng)
    coarse = _measured(coarse, hcal_sigma, 1.0, rng)
    order = np.argsort(np.concatenate([fine.event, coarse.event]), kind="stable")
    return Towers(
        *(np.concatenate([getattr(fine, name), getattr(coarse, name)])[order] for name in ("event", "eta", "phi", "e"))
    )


def _cells(
    particles: Particles,
    phi: Array,
    keep: Array,
    d_eta: float,
    d_phi: float,
    widen: bool,
    rng: np.random.Generator,
) -> Towers:
    """Sum energies per cell; a cell reports a uniform point of its area, as Delphes does (SmearTowerCenter)."""
    n_eta, n_phi = int(np.ceil(2 * ETA_MAX / d_eta)) + 1, round(2 * np.pi / d_phi)
    i_eta = ((particles.eta[keep] + ETA_MAX) / d_eta).astype(np.int64)
    i_phi = np.minimum(((phi[keep] + np.pi) / d_phi).astype(np.int64), n_phi - 1)
    wide = widen & (np.abs((i_eta + 0.5) * d_eta - ETA_MAX) > FORWARD)
    i_phi = np.where(wide, i_phi // 2 * 2, i_phi)
    key, inverse = np.unique((particles.event[keep] * n_eta + i_eta) * n_phi + i_phi, return_inverse=True)
    energy = np.bincount(inverse, weights=particles.e[keep], minlength=len(key)).astype(float)
    eta = (key // n_phi % n_eta + rng.random(len(key))) * d_eta - ETA_MAX
    width = np.where(widen & (np.abs(eta) > FORWARD), 2.0, 1.0)
    cell_phi = (key % n_phi + width * rng.random(len(key))) * d_phi - np.pi
    return Towers(event=key // (n_phi * n_eta), eta=eta, phi=cell_phi, e=energy)


def _measured(cells: Towers, sigma: Callable[[Array, Array], Array], e_min: float, rng: np.random.Generator) -> Towers:
    """Smear cell energies and drop what is below the energy or significance threshold."""
    e = log_normal(cells.e, sigma(cells.e, cells.eta), rng)
    kept = (e > e_min) & (e > SIGNIFICANCE_MIN * sigma(e, cells.eta))
    return Towers(cells.event[kept], cells.eta[kept], cells.phi[kept], e[kept])
