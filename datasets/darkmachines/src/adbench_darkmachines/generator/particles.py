"""Particles of a batch of events as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from adbench.generation.kinematics import Array, wrap_phi

ELECTRON_ID, MUON_ID, PHOTON_ID = 11, 13, 22
CHARGED_IDS = (11, 13, 211, 321, 2212)  # what is left after all decays with c tau < 1 m
NEGATIVE_IDS = (11, 13)  # charged ones whose positive PDG code carries negative charge

# Neutrinos, stable superpartners, the dark-matter candidates of the signal models: no detector sees them.
INVISIBLE_IDS = (12, 14, 16, 18, 52, 53, 1000022, 1000039, 5000039)


@dataclass(frozen=True, slots=True)
class Particles:
    """Visible final-state particles and the heavy hadrons of `n_events` events, flat and ordered by event.

    Momenta in GeV. `hadron_*` are the last b or c hadrons of each decay chain with pT > 5 GeV.
    """

    n_events: int
    event: Array
    pdg: Array
    pt: Array
    eta: Array
    phi: Array
    e: Array
    hadron_event: Array
    hadron_flavour: Array  # 5 or 4
    hadron_eta: Array
    hadron_phi: Array

    def rotated(self, angle: Array, reflect: Array) -> Particles:
        """Rotate every event by its own angle [rad] about the beam and mirror eta where `reflect` is true."""
        sign = np.where(reflect, -1.0, 1.0)
        return replace(
            self,
            phi=wrap_phi(self.phi + angle[self.event]),
            eta=self.eta * sign[self.event],
            hadron_phi=wrap_phi(self.hadron_phi + angle[self.hadron_event]),
            hadron_eta=self.hadron_eta * sign[self.hadron_event],
        )


def charge(pdg: Array) -> Array:
    """Electric charge of stable particles in units of e."""
    magnitude = np.abs(pdg)
    signed = np.where(np.isin(magnitude, NEGATIVE_IDS), -np.sign(pdg), np.sign(pdg))
    return np.where(np.isin(magnitude, CHARGED_IDS), signed, 0)


def last_heavy_hadrons(pdg: Array, mother: Array, quark: int) -> Array:
    """Tell which entries are hadrons with a b (5) or c (4) quark and without a child that has one.

    Args:
        pdg: PDG codes of all entries.
        mother: index of the first mother of each entry in the same flat array.
        quark: 5 or 4.
    """
    code = np.abs(pdg)
    has_quark = (code > 100) & (code < 1_000_000) & ((code // 100 % 10 == quark) | (code // 1000 % 10 == quark))
    has_heavy_child = np.zeros(len(pdg), dtype=bool)
    has_heavy_child[mother[has_quark]] = True
    last: Array = has_quark & ~has_heavy_child
    return last
