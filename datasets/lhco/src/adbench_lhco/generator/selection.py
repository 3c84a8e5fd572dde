"""From generated events to dijet events and their observables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from adbench.generation.clustering import Jets, cluster
from adbench.generation.energyflow import Flow, energy_flow
from adbench.generation.kinematics import Array
from adbench.generation.production import EVENT
from adbench.generation.pythia import Entries
from adbench.generation.subjettiness import subjettiness
from adbench_lhco.card import CONSTITUENTS_MIN, ETA_MAX, PT_LEAD, PT_SECOND, RADIUS

__all__ = ["VERSION", "dijets", "dijets_of"]

VERSION: Final = "1"
FLOOR: Final = 1e-8  # of a denominator, as in the paper's code
_AXES: Final = 4


def dijets(entries: Entries, rng: np.random.Generator) -> Mapping[str, Array]:
    """Measure generated events and return those of the selection, see `dijets_of`."""
    return dijets_of(energy_flow(entries, rng))


def dijets_of(flow: Flow) -> Mapping[str, Array]:
    """Return the events of the selection: observables of both jets, the heavier first, and their kinematics."""
    jets = cluster(flow, RADIUS, PT_SECOND)
    jets = jets.take(np.flatnonzero(np.abs(jets.eta) < ETA_MAX))
    first = np.flatnonzero(np.r_[True, jets.event[1:] != jets.event[:-1]]) if len(jets) else np.zeros(0, np.int64)
    number = np.diff(np.r_[first, len(jets)])
    first = first[(number >= 2) & (jets.pt[first] > PT_LEAD)]
    usable = (jets.counts >= CONSTITUENTS_MIN) & (jets.mass > 0.0)
    first = first[usable[first] & usable[first + 1]]
    heavier = np.where(jets.mass[first] >= jets.mass[first + 1], first, first + 1)
    lighter = 2 * first + 1 - heavier
    pair = jets.take(heavier), jets.take(lighter)
    arrays: dict[str, Array] = {EVENT: pair[0].event, "m_jj": invariant_mass(*pair).astype(np.float32)}
    for number_of, one in enumerate(pair, start=1):
        arrays |= {f"{name}_{number_of}": column.astype(np.float32) for name, column in observables(one).items()}
    return arrays


def observables(jets: Jets) -> dict[str, Array]:
    """Return the six observables of each jet and its pT, eta and phi."""
    tau = subjettiness(jets, _AXES, RADIUS)
    wide = subjettiness(jets, 1, RADIUS, beta=2.0)[:, 0]
    ratios = {f"tau{n + 1}{n}": tau[:, n] / np.maximum(tau[:, n - 1], FLOOR) for n in range(1, _AXES)}
    return {
        "mass": jets.mass,
        **ratios,
        "width": np.sqrt(wide) / np.maximum(tau[:, 0], FLOOR),
        "n": jets.counts,
        "pt": jets.pt,
        "eta": jets.eta,
        "phi": jets.phi,
    }


def invariant_mass(a: Jets, b: Jets) -> Array:
    """Return (n,): mass in GeV of the sum of two lists of jets."""
    energy = sum(np.sqrt((jets.pt * np.cosh(jets.eta)) ** 2 + jets.mass**2) for jets in (a, b))
    px, py = (sum(jets.pt * turn(jets.phi) for jets in (a, b)) for turn in (np.cos, np.sin))
    pz = sum(jets.pt * np.sinh(jets.eta) for jets in (a, b))
    mass: Array = np.sqrt(np.maximum(energy**2 - px**2 - py**2 - pz**2, 0.0))
    return mass
