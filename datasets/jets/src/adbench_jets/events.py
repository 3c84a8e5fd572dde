"""Constituents to events: the jet's features are those of the sum of the constituents that are kept."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adbench.api.events import Events
from adbench.generation.kinematics import Array
from adbench_jets.card import SCHEMA, SLOTS

__all__ = ["jet_events", "jet_features"]


def jet_events(constituents: Array, axis_eta: Array, aux: Mapping[str, Array]) -> Events:
    """Return events of up to 100 massless constituents per jet.

    Args:
        constituents: float (n, slots, 3), pT in GeV, eta and phi relative to the axis; hardest first, 0 = empty.
        axis_eta: float (n,), pseudorapidity of the axis.
        aux: further columns.
    """
    kept = constituents[:, :SLOTS].astype(np.float32)
    if kept.shape[1] < SLOTS:
        kept = np.pad(kept, ((0, 0), (0, SLOTS - kept.shape[1]), (0, 0)))
    kinds = (kept[:, :, 0] > 0).astype(np.int8)
    return Events.build(SCHEMA, kept, kinds, jet_features(kept, axis_eta), aux=aux)


def jet_features(constituents: Array, axis_eta: Array) -> Array:
    """Return float64 (n, 4): pT [GeV], eta, mass [GeV] and multiplicity of the sum of massless constituents."""
    pt = constituents[:, :, 0].astype(np.float64)
    eta, phi = constituents[:, :, 1] + axis_eta[:, None].astype(np.float64), constituents[:, :, 2].astype(np.float64)
    px, py, pz, e = ((pt * f).sum(axis=1) for f in (np.cos(phi), np.sin(phi), np.sinh(eta), np.cosh(eta)))
    sum_pt = np.hypot(px, py)
    mass = np.sqrt(np.maximum(e**2 - sum_pt**2 - pz**2, 0.0))
    multiplicity = (pt > 0).sum(axis=1)
    features: Array = np.column_stack([sum_pt, np.arcsinh(pz / np.maximum(sum_pt, 1e-9)), mass, multiplicity])
    return features
