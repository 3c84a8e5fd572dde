from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adbench.api import Events, EventSchema, Kind, Quantity

SCHEMA = EventSchema(
    object_features=(Quantity("pt", "GeV"), Quantity("eta"), Quantity("phi", "rad", periodic=True)),
    kinds=(Kind("j", jet=True), Kind("b", jet=True), Kind("e-")),
    features=(Quantity("met", "GeV"), Quantity("met_phi", "rad", periodic=True)),
)


@pytest.fixture
def toy() -> Callable[[int, float, int], Events]:
    """Events of up to four objects whose transverse momenta and MET scale with `hardness`."""

    def make(n: int, hardness: float, seed: int) -> Events:
        rng = np.random.default_rng(seed)
        kinds = rng.integers(1, 4, (n, 4)) * (np.arange(4) < rng.integers(1, 5, (n, 1)))
        pt = -np.sort(-rng.exponential(60 * hardness, (n, 4)) - 20, axis=1)
        objects = np.stack([pt, rng.normal(0, 1.2, (n, 4)), rng.uniform(-np.pi, np.pi, (n, 4))], axis=2)
        features = np.stack([rng.exponential(80 * hardness, n), rng.uniform(-np.pi, np.pi, n)], axis=1)
        return Events.build(SCHEMA, objects * (kinds > 0)[:, :, None], kinds, features)

    return make
