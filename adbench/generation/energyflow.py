"""Energy flow: what tracker and calorimeters report of each particle, without cells.

Tracks after the CMS card of Delphes (delphes_card_CMS.dat: efficiency; momentum resolution after arXiv:1405.6569),
photons and neutral hadrons after its ATLAS card (delphes_card_ATLAS.dat: resolution of the calorimeters). Each particle
is measured on its own: there is no granularity, no overlap of showers and no solenoid, so substructure is a little
sharper than in Delphes. Pseudorapidity and azimuth are those of the particle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from adbench.generation.kinematics import Array
from adbench.generation.pythia import Entries
from adbench.generation.smearing import ecal_sigma, hcal_sigma, log_normal

__all__ = ["Flow", "energy_flow"]

CHARGED: Final = (11, 13, 211, 321, 2212)  # stable charged particles after all decays with c tau < 1 m
TRACKER_ETA: Final = 2.5
CALORIMETER_ETA: Final = 4.9
TRACK_PT: Final = 0.1  # GeV
PHOTON_E: Final = 0.5  # GeV, after smearing
HADRON_E: Final = 1.5  # GeV, after smearing
_ELECTROMAGNETIC: Final = (11, 22)
_MUON: Final = 13
# Neutrinos, dark-matter particles and what a hidden valley leaves stable: no detector sees them.
INVISIBLE: Final = (12, 14, 16, 18, 51, 52, 53, 1000022, 1000039, 5000039)
HIDDEN_VALLEY: Final = (4_900_000, 4_910_000)


@dataclass(frozen=True, slots=True)
class Flow:
    """Measured, massless particles of `n_events` events, flat and ordered by event; GeV and rad."""

    n_events: int
    event: Array
    pt: Array
    eta: Array
    phi: Array


def energy_flow(entries: Entries, rng: np.random.Generator) -> Flow:
    """Measure the visible final particles of a batch of events."""
    code = np.abs(entries.pdg)
    pt = np.hypot(entries.px, entries.py)
    hidden = (code >= HIDDEN_VALLEY[0]) & (code < HIDDEN_VALLEY[1])
    # The beam remnants go down the pipe; a pT of exactly zero has no eta.
    visible = (entries.status > 0) & ~np.isin(code, INVISIBLE) & ~hidden & (pt > 1e-3)
    code, pt, e, event = code[visible], pt[visible], entries.e[visible], entries.event[visible]
    eta = np.arcsinh(entries.pz[visible] / pt)
    phi = np.arctan2(entries.py[visible], entries.px[visible])

    # What leaves no track is seen by the calorimeters alone; of muons nothing is left then.
    track = np.isin(code, CHARGED) & (rng.random(len(pt)) < track_efficiency(pt, eta))
    inside, electromagnetic = ~track & (np.abs(eta) < CALORIMETER_ETA), np.isin(code, _ELECTROMAGNETIC)
    shower, hadron = inside & electromagnetic, inside & ~electromagnetic & (code != _MUON)
    measured = np.zeros(len(pt))
    measured[track] = log_normal(pt[track], track_resolution(pt[track], eta[track]) * pt[track], rng)
    for chosen, sigma, threshold in ((shower, ecal_sigma, PHOTON_E), (hadron, hcal_sigma, HADRON_E)):
        energy = log_normal(e[chosen], sigma(e[chosen], eta[chosen]), rng)
        measured[chosen] = np.where(energy > threshold, energy / np.cosh(eta[chosen]), 0.0)
    kept = measured > 0.0
    return Flow(entries.n_events, event[kept], measured[kept], eta[kept], phi[kept])


def track_efficiency(pt: Array, eta: Array) -> Array:
    """Share of charged particles that become tracks, at pT [GeV]."""
    central = np.abs(eta) <= 1.5
    soft, hard = np.where(central, 0.70, 0.60), np.where(central, 0.95, 0.85)
    efficiency: Array = np.where(pt > 1.0, hard, soft) * (pt > TRACK_PT) * (np.abs(eta) < TRACKER_ETA)
    return efficiency


def track_resolution(pt: Array, eta: Array) -> Array:
    """Relative resolution of a track's pT [GeV]: a constant and a part that grows with pT."""
    region = np.digitize(np.abs(eta), (0.5, 1.5))
    constant = np.array([0.01, 0.015, 0.025])[region]
    rising = np.array([1.0e-4, 1.5e-4, 3.5e-4])[region]
    resolution: Array = np.hypot(constant, rising * pt)
    return resolution
