from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adbench.api import Events
from adbench.testing.toys import toy_events


@pytest.fixture
def collisions() -> Callable[..., Events]:
    """Events of one to six objects whose missing energy has the mean `met` in GeV, without aux."""

    def make(n: int, met: float = 60.0, seed: int = 0) -> Events:
        return toy_events(n, met, seed, slots=6).stripped()

    return make


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)
