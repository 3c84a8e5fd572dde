from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor

from adbench.api import Events, EventSchema, Kind, Quantity

JETS = EventSchema(
    (Quantity("pt", "GeV"), Quantity("eta_rel"), Quantity("phi_rel", "rad")),
    (Kind("constituent", jet=True),),
    (Quantity("jet_pt", "GeV"), Quantity("jet_eta"), Quantity("jet_mass", "GeV"), Quantity("jet_multiplicity")),
    objects="constituent",
)
COLLISIONS = EventSchema(
    (Quantity("E", "GeV"), Quantity("pt", "GeV"), Quantity("eta"), Quantity("phi", "rad", periodic=True)),
    (Kind("j", jet=True), Kind("e-"), Kind("g")),
    (Quantity("met", "GeV"), Quantity("met_phi", "rad", periodic=True)),
)


@dataclass(frozen=True)
class Gaussian:
    """Data with independent Gaussian numbers, and the velocity that a perfect network would have."""

    mean: Tensor
    deviation: Tensor

    def velocity(self, x: Tensor, angle: Tensor) -> Tensor:
        cos, sin = angle.cos()[:, None], angle.sin()[:, None]
        pull = (x - cos * self.mean) / (cos**2 * self.deviation**2 + sin**2)
        return cos * (sin * pull) - sin * (self.mean + cos * self.deviation**2 * pull)

    def log_prob(self, x: Tensor) -> Tensor:
        return torch.distributions.Normal(self.mean, self.deviation).log_prob(x).sum(1)

    def sample(self, n: int, seed: int = 0) -> Tensor:
        noise = torch.randn(n, len(self.mean), generator=torch.Generator().manual_seed(seed), dtype=self.mean.dtype)
        return self.mean + self.deviation * noise


@pytest.fixture
def gaussian() -> Gaussian:
    return Gaussian(torch.tensor([0.3, -1.0, 0.5, 0.0]).double(), torch.tensor([0.2, 0.5, 1.6, 1.0]).double())


@pytest.fixture
def jets() -> Callable[..., Events]:
    """Jets of 1 to 8 constituents; the wider, the heavier."""

    def make(n: int, seed: int = 0, wide: float = 1.0, slots: int = 8) -> Events:
        rng = np.random.default_rng(seed)
        number = rng.integers(1, slots + 1, n)
        present = np.arange(slots) < number[:, None]
        pt = -np.sort(-rng.exponential(100, (n, slots)) * present, axis=1)
        objects = np.stack([pt, *(0.2 * wide * rng.normal(size=(2, n, slots)))], axis=2) * present[..., None]
        jet = np.stack([pt.sum(1), rng.uniform(-2, 2, n), wide * rng.lognormal(4, 0.3, n), number], axis=1)
        return Events.build(JETS, objects, present.astype(np.int8), jet)

    return make


@pytest.fixture
def collisions() -> Callable[..., Events]:
    """Events of 1 to 5 objects of three kinds; jets have masses."""

    def make(n: int, seed: int = 0, slots: int = 6) -> Events:
        rng = np.random.default_rng(seed)
        kinds = rng.choice([1, 2, 3], (n, slots), p=(0.7, 0.2, 0.1)) * (np.arange(slots) < rng.integers(1, 6, (n, 1)))
        pt = 20 - np.sort(-rng.exponential(80, (n, slots)), axis=1)
        eta, phi = rng.normal(size=(n, slots)), rng.uniform(-np.pi, np.pi, (n, slots))
        mass = np.where(kinds == 1, 0.1 * pt * rng.lognormal(0, 0.3, (n, slots)), 0)
        objects = np.stack([np.hypot(pt * np.cosh(eta), mass), pt, eta, phi], axis=2) * (kinds > 0)[..., None]
        features = np.stack([rng.exponential(100, n), rng.uniform(-np.pi, np.pi, n)], axis=1)
        return Events.build(COLLISIONS, objects, kinds, features)

    return make
