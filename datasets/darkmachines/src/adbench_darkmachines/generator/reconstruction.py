"""From particles to what the challenge stores: objects inside the acceptance, MET and its azimuth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from adbench.generation.kinematics import Array, delta_r, pairs
from adbench_darkmachines import selection
from adbench_darkmachines.generator.calorimeter import Towers, towers
from adbench_darkmachines.generator.jets import Jets, reconstruct_jets
from adbench_darkmachines.generator.leptons import Leptons, reconstruct_leptons
from adbench_darkmachines.generator.particles import ELECTRON_ID, MUON_ID, PHOTON_ID, Particles
from adbench_darkmachines.generator.records import Records, as_written
from adbench_darkmachines.generator.response import lose_energy

Met = Literal["visible", "calorimeter"]

OVERLAP_DISTANCE = 0.3
OVERLAP_SHARE = 0.4  # a lepton or photon with this share of the jet's pT is the jet

_KIND = {
    ELECTRON_ID: selection.ELECTRON,
    -ELECTRON_ID: selection.POSITRON,
    MUON_ID: selection.MUON,
    -MUON_ID: selection.ANTIMUON,
    PHOTON_ID: selection.PHOTON,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A batch of events as the detector sees it, before the tail of the jet response; GeV and rad."""

    n_events: int
    jets: Jets
    leptons: Leptons
    missing_x: Array  # (n_events,)
    missing_y: Array


def measure(particles: Particles, rng: np.random.Generator, met: Met = "calorimeter") -> Measured:
    """Send a batch of events through the detector.

    Args:
        particles: visible particles of the batch.
        rng: source of all detector randomness.
        met: "calorimeter" balances the towers alone, as the challenge's card does; "visible" counts isolated muons too.
    """
    cells = towers(particles, rng)
    leptons = reconstruct_leptons(particles, rng)
    jets = reconstruct_jets(cells, particles, rng)
    jets = jets.where(~_is_lepton_or_photon(jets, leptons, particles.n_events))
    return Measured(particles.n_events, jets, leptons, *missing_momentum(cells, leptons, particles.n_events, met))


def record(measured: Measured, rng: np.random.Generator) -> Records:
    """Draw the response of every jet and list what is stored; energies in GeV, rounded as the CSV file rounds them.

    Several records of one measured batch differ in the responses alone, and cost little.
    """
    jets, lost_x, lost_y = lose_energy(measured.jets, measured.n_events, rng)
    x, y = measured.missing_x + lost_x, measured.missing_y + lost_y
    return _records(jets, measured.leptons, np.hypot(x, y), np.arctan2(y, x))


def missing_momentum(cells: Towers, leptons: Leptons, n_events: int, met: Met) -> tuple[Array, Array]:
    """Transverse momentum [GeV] that balances the towers and, for "visible", the isolated muons."""
    pt = cells.e / np.cosh(cells.eta)
    x = -np.bincount(cells.event, weights=pt * np.cos(cells.phi), minlength=n_events).astype(float)
    y = -np.bincount(cells.event, weights=pt * np.sin(cells.phi), minlength=n_events).astype(float)
    if met == "visible":
        muon = np.abs(leptons.pdg) == MUON_ID
        event, muon_pt, phi = leptons.event[muon], leptons.pt[muon], leptons.phi[muon]
        x -= np.bincount(event, weights=muon_pt * np.cos(phi), minlength=n_events).astype(float)
        y -= np.bincount(event, weights=muon_pt * np.sin(phi), minlength=n_events).astype(float)
    return x, y


def _is_lepton_or_photon(jets: Jets, leptons: Leptons, n_events: int) -> Array:
    """Tell which jets are an isolated electron or photon seen a second time."""
    shower = np.flatnonzero(np.abs(leptons.pdg) != MUON_ID)
    i, k = pairs(jets.event, leptons.event[shower], n_events)
    j = shower[k]
    same = (delta_r(jets.eta[i], jets.phi[i], leptons.eta[j], leptons.phi[j]) < OVERLAP_DISTANCE) & (
        leptons.pt[j] > OVERLAP_SHARE * jets.pt[i]
    )
    duplicate = np.zeros(len(jets.event), dtype=bool)
    duplicate[i[same]] = True
    return duplicate


def _records(jets: Jets, leptons: Leptons, met: Array, met_phi: Array) -> Records:
    """Merge objects, apply the acceptance, order: jets, electrons, muons, photons, each by falling pT."""
    lepton_kind = np.select([leptons.pdg == code for code in _KIND], list(_KIND.values()))
    kinds = np.concatenate([np.where(jets.tagged, selection.BJET, selection.JET), lepton_kind]).astype(np.int8)
    event = np.concatenate([jets.event, leptons.event])
    objects = as_written(
        np.column_stack(
            [
                np.concatenate([jets.e, leptons.pt * np.cosh(leptons.eta)]),
                np.concatenate([jets.pt, leptons.pt]),
                np.concatenate([jets.eta, leptons.eta]),
                np.concatenate([jets.phi, leptons.phi]),
            ]
        )
    )
    inside = selection.passes_object_cuts(objects, kinds)
    group = np.array([0, 0, 0, 1, 1, 2, 2, 3])[kinds]  # as printed: j and b together, e, mu, photon
    order = np.lexsort((-objects[:, selection.PT], group, event))
    order = order[inside[order]]
    n_events = len(met)
    return Records(
        source=np.arange(n_events),
        met=as_written(met),
        met_phi=as_written(met_phi),
        counts=np.bincount(event[order], minlength=n_events),
        kinds=kinds[order],
        objects=objects[order],
        label=np.zeros(n_events, dtype=np.int8),
    )
