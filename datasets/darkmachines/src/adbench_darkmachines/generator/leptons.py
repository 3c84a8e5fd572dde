"""Electrons, muons and photons: efficiency, momentum resolution, isolation.

Every number is from delphes_card_ATLAS.dat of github.com/darkmachineschallenges/unsupervised_darkmachines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adbench.generation.kinematics import Array, delta_r, pairs
from adbench.generation.smearing import ecal_sigma, log_normal
from adbench_darkmachines.generator.particles import ELECTRON_ID, MUON_ID, PHOTON_ID, Particles

PT_MIN = 10.0  # GeV, tracks and photons below are not considered
CONE = 0.5
CONE_PT_MIN = 0.5  # GeV
ISOLATION_MAX = {ELECTRON_ID: 0.12, MUON_ID: 0.25, PHOTON_ID: 0.12}  # sum pT in the cone / pT
ETA_BINS = (0.5, 1.5, 2.5)


@dataclass(frozen=True, slots=True)
class Leptons:
    """Reconstructed isolated electrons, muons and photons, flat and ordered by event; GeV and rad."""

    event: Array
    pdg: Array
    pt: Array
    eta: Array
    phi: Array


def efficiency(pdg: Array, pt: Array, eta: Array) -> Array:
    """Probability of tracking times identification; 0 below 10 GeV, beyond |eta| 2.5 (muons 2.7)."""
    code, barrel = np.abs(pdg), np.abs(eta) < 1.5
    hard = pt > 100.0
    identification = np.where(barrel, 0.95, 0.85)
    electron = np.where(barrel, np.where(hard, 0.99, 0.95), np.where(hard, 0.90, 0.83))
    muon = np.where(barrel, 0.99, 0.98)
    tracking = np.where(code == ELECTRON_ID, electron, np.where(code == MUON_ID, muon, 1.0))
    eta_max = np.where(code == MUON_ID, 2.7, 2.5)
    probability: Array = np.where((pt > PT_MIN) & (np.abs(eta) < eta_max), tracking * identification, 0.0)
    return probability


def relative_resolution(pdg: Array, pt: Array, eta: Array, e: Array) -> Array:
    """Relative pT resolution: tracker for electrons and muons, electromagnetic calorimeter for photons."""
    code = np.abs(pdg)
    region = np.minimum(np.digitize(np.abs(eta), ETA_BINS), 2)
    electron = np.hypot(np.array([0.03, 0.05, 0.15])[region], np.array([1.3e-3, 1.7e-3, 3.1e-3])[region] * pt)
    muon = np.hypot(np.array([0.01, 0.015, 0.025])[region], np.array([1e-4, 1.5e-4, 3.5e-4])[region] * pt)
    photon = ecal_sigma(e, eta) / e
    width: Array = np.where(code == ELECTRON_ID, electron, np.where(code == MUON_ID, muon, photon))
    return width


def cone_sum(particles: Particles, candidates: Array) -> Array:
    """Scalar pT sum [GeV] of hadrons and photons around each candidate, itself excluded (dR < 0.5, pT > 0.5).

    Args:
        particles: all visible particles of the batch.
        candidates: indices into `particles`.
    """
    code = np.abs(particles.pdg)
    activity = np.flatnonzero(
        (particles.pt > CONE_PT_MIN) & (code != ELECTRON_ID) & (code != MUON_ID) & (np.abs(particles.eta) < 3.3)
    )
    a, b = pairs(particles.event[candidates], particles.event[activity], particles.n_events)
    i, j = candidates[a], activity[b]
    near = (i != j) & (delta_r(particles.eta[i], particles.phi[i], particles.eta[j], particles.phi[j]) < CONE)
    total: Array = np.bincount(a[near], weights=particles.pt[j[near]], minlength=len(candidates)).astype(float)
    return total


def reconstruct_leptons(particles: Particles, rng: np.random.Generator) -> Leptons:
    """Find, measure and isolate electrons, muons and photons."""
    code = np.abs(particles.pdg)
    found = np.flatnonzero(
        np.isin(code, (ELECTRON_ID, MUON_ID, PHOTON_ID)) & (particles.pt > PT_MIN) & (np.abs(particles.eta) < 2.7)
    )
    pt, eta, pdg = particles.pt[found], particles.eta[found], particles.pdg[found]
    seen = rng.random(len(found)) < efficiency(pdg, pt, eta)
    measured = log_normal(pt, pt * relative_resolution(pdg, pt, eta, particles.e[found]), rng)
    limit = np.select([np.abs(pdg) == key for key in ISOLATION_MAX], list(ISOLATION_MAX.values()))
    isolated = cone_sum(particles, found) < limit * measured
    kept = seen & isolated & (measured > PT_MIN)
    index = found[kept]
    return Leptons(
        event=particles.event[index],
        pdg=particles.pdg[index],
        pt=measured[kept],
        eta=particles.eta[index],
        phi=particles.phi[index],
    )
