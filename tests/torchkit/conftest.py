from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adbench.api import Events, EventSchema, Kind, Quantity

SCHEMA = EventSchema((Quantity("pt", "GeV"), Quantity("eta")), (Kind("j", jet=True), Kind("e-")))


@pytest.fixture
def toy_events() -> Callable[..., Events]:
    """Random events of up to three objects."""

    def make(n: int, seed: int = 0) -> Events:
        rng = np.random.default_rng(seed)
        kinds = rng.integers(1, 3, (n, 3)) * (np.arange(3) < rng.integers(1, 4, (n, 1)))
        objects = np.stack([rng.exponential(80, (n, 3)) + 20, rng.normal(size=(n, 3))], axis=2)
        return Events.build(SCHEMA, objects * (kinds > 0)[:, :, None], kinds, weights=rng.uniform(0.5, 2, n))

    return make
