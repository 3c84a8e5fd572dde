"""Anti-kT jets of calorimeter towers: clustering, energy scale, b tags.

Numbers of the card: delphes_card_ATLAS.dat of github.com/darkmachineschallenges/unsupervised_darkmachines. The
radius 0.4 is the paper's (arXiv:2105.14027 sec. 2.1); the card has 0.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adbench.generation.kinematics import Array, delta_r, pairs
from adbench_darkmachines.generator.calorimeter import Towers
from adbench_darkmachines.generator.particles import Particles

RADIUS = 0.4
PT_MIN = 20.0  # GeV, before the energy scale
TAG_ETA_MAX = 2.5
TAG_DISTANCE = 0.3


@dataclass(frozen=True, slots=True)
class Jets:
    """Jets, flat and ordered by event; GeV and rad."""

    event: Array
    pt: Array
    eta: Array
    phi: Array
    e: Array
    tagged: Array

    def where(self, keep: Array) -> Jets:
        """Return the jets selected by a mask or an index array."""
        return Jets(self.event[keep], self.pt[keep], self.eta[keep], self.phi[keep], self.e[keep], self.tagged[keep])


def cluster(towers: Towers, n_events: int) -> Jets:
    """Cluster massless towers with anti-kT R = 0.4 (FastJet, arXiv:1111.6097); no scale, no tags yet."""
    import awkward as ak
    import fastjet

    pt = towers.e / np.cosh(towers.eta)
    counts = np.bincount(towers.event, minlength=n_events)
    inputs = ak.unflatten(
        ak.zip(
            {
                "px": pt * np.cos(towers.phi),
                "py": pt * np.sin(towers.phi),
                "pz": pt * np.sinh(towers.eta),
                "E": towers.e,
            }
        ),
        counts,
    )
    found = fastjet.ClusterSequence(inputs, fastjet.JetDefinition(fastjet.antikt_algorithm, RADIUS)).inclusive_jets(
        PT_MIN
    )
    px, py, pz, e = (ak.to_numpy(ak.flatten(found[name])) for name in ("px", "py", "pz", "E"))
    jet_pt = np.hypot(px, py)
    return Jets(
        event=np.repeat(np.arange(n_events), ak.to_numpy(ak.num(found["px"]))),
        pt=jet_pt,
        eta=np.arcsinh(pz / jet_pt),
        phi=np.arctan2(py, px),
        e=e,
        tagged=np.zeros(len(e), dtype=bool),
    )


def energy_scale(pt: Array, eta: Array) -> Array:
    """Factor that brings a calorimeter jet back to the particle level, sqrt((3 - 0.2 |eta|)^2 / pT + 1)."""
    factor: Array = np.sqrt((3.0 - 0.2 * np.abs(eta)) ** 2 / pt + 1.0)
    return factor


def tag_probability(flavour: Array, pt: Array, eta: Array) -> Array:
    """Probability of a b tag for jets of flavour 5, 4 or 0 at pT [GeV]; 0 beyond |eta| = 2.5."""
    b = 0.80 * np.tanh(0.003 * pt) * 30.0 / (1.0 + 0.086 * pt)
    c = 0.20 * np.tanh(0.02 * pt) / (1.0 + 0.0034 * pt)
    light = 0.002 + 7.3e-6 * pt
    probability = np.where(flavour == 5, b, np.where(flavour == 4, c, light))
    return np.where(np.abs(eta) < TAG_ETA_MAX, probability, 0.0)


def jet_flavour(jets: Jets, particles: Particles) -> Array:
    """Flavour of each jet: 5 or 4 if a last b or c hadron lies within dR < 0.3, else 0."""
    i, j = pairs(jets.event, particles.hadron_event, particles.n_events)
    near = delta_r(jets.eta[i], jets.phi[i], particles.hadron_eta[j], particles.hadron_phi[j]) < TAG_DISTANCE
    flavour = np.zeros(len(jets.event), dtype=np.int64)
    np.maximum.at(flavour, i[near], particles.hadron_flavour[j[near]])
    return flavour


def reconstruct_jets(towers: Towers, particles: Particles, rng: np.random.Generator) -> Jets:
    """Cluster, scale and tag."""
    jets = cluster(towers, particles.n_events)
    factor = energy_scale(jets.pt, jets.eta)
    jets = Jets(jets.event, jets.pt * factor, jets.eta, jets.phi, jets.e * factor, jets.tagged)
    probability = tag_probability(jet_flavour(jets, particles), jets.pt, jets.eta)
    return Jets(jets.event, jets.pt, jets.eta, jets.phi, jets.e, rng.random(len(probability)) < probability)
