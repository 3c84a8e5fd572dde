from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from adbench_surjective_flow.inputs import View
from adbench_surjective_flow.network import SurjectiveFlow
from adbench_surjective_flow.params import SurjectiveParams

from adbench.api import Events, EventSchema, Kind, Quantity

SCHEMA = EventSchema(
    object_features=(
        Quantity("E", "GeV"),
        Quantity("pt", "GeV"),
        Quantity("eta"),
        Quantity("phi", "rad", periodic=True),
    ),
    kinds=(Kind("j", jet=True), Kind("b", jet=True), Kind("e-"), Kind("g")),
    features=(Quantity("met", "GeV"), Quantity("met_phi", "rad", periodic=True)),
)
LINE = EventSchema((Quantity("x"),), (Kind("a"), Kind("b")))
"""Objects of two kinds with one number each: small enough to integrate over."""


@pytest.fixture
def collisions() -> Callable[..., Events]:
    """Events of 1 to 5 objects, hardest first; jets have masses, jets are harder than the others."""

    def make(n: int, seed: int = 0, slots: int = 6) -> Events:
        rng = np.random.default_rng(seed)
        present = np.arange(slots) < rng.integers(1, 6, (n, 1))
        kinds = rng.choice(np.arange(1, 5), (n, slots), p=(0.6, 0.15, 0.15, 0.1)) * present
        pt = 20 + rng.exponential(np.where(kinds < 3, 120, 40))
        order = np.argsort(-pt * present, axis=1)
        pt, kinds = np.take_along_axis(pt, order, 1), np.take_along_axis(kinds, order, 1)
        eta, phi = np.clip(rng.normal(0, 1.2, (n, slots)), -2.8, 2.8), rng.uniform(-np.pi, np.pi, (n, slots))
        mass = np.where((kinds == 1) | (kinds == 2), 0.1 * pt * rng.lognormal(0, 0.3, (n, slots)), 0)
        objects = np.stack([np.hypot(pt * np.cosh(eta), mass), pt, eta, phi], axis=2)
        features = np.stack([rng.exponential(150, n), rng.uniform(-np.pi, np.pi, n)], axis=1)
        return Events.build(SCHEMA, objects * (kinds > 0)[:, :, None], kinds, features)

    return make


@pytest.fixture
def line_flow() -> Callable[..., SurjectiveFlow]:
    """A flow in double precision of up to two numbers, with random weights and tables learned from a few events."""

    def make(seed: int = 0, **params: Any) -> SurjectiveFlow:
        torch.manual_seed(seed)
        chosen = SurjectiveParams(**{"n_max": 2, "layers": 2, "bins": 5, "embedding": 8, **params})
        network = SurjectiveFlow(chosen, View.of(LINE, chosen)).double()
        for parameter in network.flow.parameters():
            parameter.data += 0.1 * torch.randn_like(parameter)
        kinds = np.array([[0, 0], [1, 0], [2, 0], [1, 1], [1, 2], [2, 1], [1, 2]])
        from adbench_surjective_flow.scaling import Sums

        sums = Sums(network.scale_groups())
        values = np.array([[0.0, 1.0], [1.0, 2.0], [-1.0, 0.0]], np.float32)
        sums.add(values, np.ones((3, 2), bool), np.ones(3, np.float32))
        network.learn(sums, kinds, np.ones(len(kinds)))
        return network.eval()

    return make
