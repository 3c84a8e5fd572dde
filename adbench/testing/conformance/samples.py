"""Events that the checks use: background, and an anomaly that no detector should miss.

Their schema is that of the Dark Machines challenge (arXiv:2105.14027, section 2), so that its detectors can be checked.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adbench.api import Events, EventSchema, Kind, Quantity

__all__ = ["SCHEMA", "background", "examples", "harder"]

SCHEMA = EventSchema(
    object_features=(
        Quantity("E", "GeV"),
        Quantity("pt", "GeV"),
        Quantity("eta"),
        Quantity("phi", "rad", periodic=True),
    ),
    kinds=(
        Kind("j", "jet", jet=True),
        Kind("b", "b jet", jet=True),
        Kind("e-", "electron"),
        Kind("e+", "positron"),
        Kind("m-", "muon"),
        Kind("m+", "antimuon"),
        Kind("g", "photon"),
    ),
    features=(Quantity("met", "GeV"), Quantity("met_phi", "rad", periodic=True)),
)

_SHARES = (0.62, 0.14, 0.05, 0.05, 0.05, 0.05, 0.04)  # of the kinds, in the schema's order
_SLOTS = 12


def background(n: int, seed: int) -> Events:
    """Return n events of 2 to 6 objects, pT and MET falling exponentially with some 50 GeV."""
    return _events(n, seed, hardness=1.0, objects=(2, 6))


def harder(n: int, seed: int) -> Events:
    """Return n events of 6 to 10 objects with six times the transverse momenta and missing energy of background."""
    return _events(n, seed, hardness=6.0, objects=(6, 10))


def examples() -> Mapping[str, Events]:
    """Return priors of two families, 100 events each: ``harder``, and ``busier`` of background's momenta twice."""
    return {"harder": harder(100, 4), "busier": _events(100, 9, hardness=2.0, objects=(6, 10))}


def _events(n: int, seed: int, hardness: float, objects: tuple[int, int]) -> Events:
    rng = np.random.default_rng(seed)
    present = np.arange(_SLOTS) < rng.integers(objects[0], objects[1] + 1, (n, 1))
    kinds = rng.choice(np.arange(1, 8), (n, _SLOTS), p=_SHARES) * present
    pt = 20.0 + hardness * -np.sort(-rng.exponential(50.0, (n, _SLOTS)), axis=1)
    eta = np.clip(rng.normal(0.0, 1.2, (n, _SLOTS)), -2.7, 2.7)
    phi = rng.uniform(-np.pi, np.pi, (n, _SLOTS))
    stacked = np.stack([pt * np.cosh(eta), pt, eta, phi], axis=2) * present[:, :, None]
    features = np.stack([hardness * (20.0 + rng.exponential(50.0, n)), rng.uniform(-np.pi, np.pi, n)], axis=1)
    return Events.build(SCHEMA, stacked, kinds, features)
