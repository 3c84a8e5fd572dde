from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adbench.api import Events, EventSchema, Kind, Quantity

SCHEMA = EventSchema(
    object_features=(Quantity("pt", "GeV"), Quantity("eta"), Quantity("phi", "rad", periodic=True)),
    kinds=(Kind("j", jet=True), Kind("b", jet=True), Kind("e-")),
    features=(Quantity("met", "GeV"), Quantity("met_phi", "rad", periodic=True)),
    categories=(("helicity", 2),),
    processes=("w_jets", "ttbar"),
)


@pytest.fixture
def schema() -> EventSchema:
    return SCHEMA


@pytest.fixture
def random_events() -> Callable[..., Events]:
    """Random events of up to `slots` objects, hardest first, with aux arrays."""

    def make(n: int, slots: int = 5, seed: int = 0) -> Events:
        rng = np.random.default_rng(seed)
        kinds = rng.integers(1, 4, (n, slots)) * (np.arange(slots) < rng.integers(0, slots + 1, (n, 1)))
        pt = -np.sort(-rng.exponential(80, (n, slots)), axis=1) + 20
        objects = np.stack([pt, rng.normal(size=(n, slots)), rng.uniform(-np.pi, np.pi, (n, slots))], axis=2)
        return Events.build(
            SCHEMA,
            objects * (kinds > 0)[:, :, None],
            kinds,
            features=np.stack([rng.exponential(90, n), rng.uniform(-np.pi, np.pi, n)], axis=1),
            categories=rng.integers(0, 2, (n, 1)),
            weights=rng.uniform(0.5, 2, n),
            aux={"row": np.arange(n), "source": rng.integers(0, 2**40, n)},
        )

    return make
