"""From generated events to the jets of a class: energy flow, anti-kT R = 0.8, 550 < pT < 650 GeV, |eta| < 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from adbench.generation.clustering import Jets, cluster
from adbench.generation.energyflow import energy_flow
from adbench.generation.kinematics import Array, delta_r, pairs
from adbench.generation.production import EVENT
from adbench.generation.pythia import Entries
from adbench_jets.card import ETA_MAX, PT_MAX, PT_MIN, RADIUS, SLOTS

__all__ = ["VERSION", "any_jet", "top_jet"]

VERSION: Final = "1"
CONSTITUENTS_MIN: Final = 2
_TOP, _W = 6, 24
_OUTGOING: Final = 23  # status of the products of a resonance's decay


def any_jet(entries: Entries, rng: np.random.Generator) -> Mapping[str, Array]:
    """Return every jet of the selection."""
    return _arrays(_selected(entries, rng))


def top_jet(entries: Entries, rng: np.random.Generator) -> Mapping[str, Array]:
    """Return the jets of the selection that hold the b quark and both quarks of one top within the radius.

    As in the public top-tagging set; three quarks within dR < 0.8 of the axis.
    """
    jets = _selected(entries, rng)
    return _arrays(jets.take(np.flatnonzero(_holds_a_top(jets, entries))))


def _selected(entries: Entries, rng: np.random.Generator) -> Jets:
    jets = cluster(energy_flow(entries, rng), RADIUS, PT_MIN)
    inside = (jets.pt > PT_MIN) & (jets.pt < PT_MAX) & (np.abs(jets.eta) < ETA_MAX) & (jets.counts >= CONSTITUENTS_MIN)
    return jets.take(np.flatnonzero(inside))


def _holds_a_top(jets: Jets, entries: Entries) -> Array:
    """Tell which jets have three decay quarks of one top within the radius."""
    parent = entries.pdg[entries.mother]
    quark = (np.abs(entries.status) == _OUTGOING) & (np.abs(entries.pdg) <= 5) & np.isin(np.abs(parent), (_TOP, _W))
    rows = np.flatnonzero(quark)
    eta = np.arcsinh(entries.pz[rows] / np.hypot(entries.px[rows], entries.py[rows]))
    phi = np.arctan2(entries.py[rows], entries.px[rows])
    jet, k = pairs(jets.event, entries.event[rows], entries.n_events)
    near = delta_r(jets.eta[jet], jets.phi[jet], eta[k], phi[k]) < RADIUS
    # t -> b W+ and W+ -> q q' share the sign of the parent's code; a jet must hold all three of one sign
    found = np.zeros((len(jets), 2), dtype=np.int64)
    np.add.at(found, (jet[near], (parent[rows[k[near]]] > 0).astype(np.int64)), 1)
    holds: Array = (found == 3).any(axis=1)
    return holds


def _arrays(jets: Jets) -> Mapping[str, Array]:
    columns = {"jet_pt": jets.pt, "jet_eta": jets.eta, "jet_phi": jets.phi, "jet_mass": jets.mass}
    arrays = {name: column.astype(np.float32) for name, column in columns.items()}
    return {
        EVENT: jets.event,
        **arrays,
        "jet_constituents": jets.counts.astype(np.int16),
        "constituents": jets.padded(SLOTS).astype(np.float32),
    }
