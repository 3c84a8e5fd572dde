from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from adbench.api import Events, EventSchema, Kind, Quantity

SCHEMA = EventSchema(
    object_features=(
        Quantity("E", "GeV"),
        Quantity("pt", "GeV"),
        Quantity("eta"),
        Quantity("phi", "rad", periodic=True),
    ),
    kinds=(Kind("j", jet=True), Kind("b", jet=True), Kind("e-"), Kind("e+"), Kind("m-"), Kind("m+"), Kind("g")),
    features=(Quantity("met", "GeV"), Quantity("met_phi", "rad", periodic=True)),
)
ABUNDANCE = (0.6, 0.15, 0.05, 0.05, 0.05, 0.05, 0.05)


@pytest.fixture
def collisions() -> Callable[..., Events]:
    """Events in the Dark Machines schema: 1 to 14 objects, mostly jets, hardest first, harder with `hardness`."""

    def make(
        n: int, seed: int = 0, hardness: float = 1.0, slots: int = 20, weights: np.ndarray | None = None
    ) -> Events:
        rng = np.random.default_rng(seed)
        present = np.arange(slots) < rng.integers(1, 15, (n, 1))
        kinds = rng.choice(np.arange(1, 8), (n, slots), p=ABUNDANCE) * present
        pt = -np.sort(-(20 + rng.exponential(90 * hardness, (n, slots)) * rng.lognormal(0, 0.4, (n, 1))), axis=1)
        eta = np.clip(rng.normal(0, 1.2, (n, slots)), -2.8, 2.8)
        phi = rng.uniform(-np.pi, np.pi, (n, slots))
        objects = np.stack([pt * np.cosh(eta) * np.where(kinds < 3, 1.01, 1.0), pt, eta, phi], axis=2)
        features = np.stack([rng.exponential(150 * hardness, n), rng.uniform(-np.pi, np.pi, n)], axis=1)
        return Events.build(SCHEMA, objects * present[:, :, None], kinds, features, weights=weights)

    return make


@pytest.fixture
def rng() -> torch.Generator:
    return torch.Generator().manual_seed(20)
