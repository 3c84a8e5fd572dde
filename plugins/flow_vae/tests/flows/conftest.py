from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from adbench_flow_vae.flows import FLOWS, Flow, make_flow
from torch import Tensor

SLOTS, N, LATENT = 3, 4, 15


@pytest.fixture(params=FLOWS)
def name(request) -> str:
    return request.param


@pytest.fixture
def build() -> Callable[..., Flow]:
    """A flow of a name, in double precision, with parameters `scale` times as large as at the start."""

    def make(name: str, seed: int = 0, scale: float = 1.0, latent: int = LATENT, **options) -> Flow:
        torch.manual_seed(seed)
        flow = make_flow(name, latent, SLOTS, N, **options).double()
        with torch.no_grad():
            for parameter in flow.parameters():
                parameter.mul_(scale)
        return flow

    return make


@pytest.fixture
def points(rng) -> Callable[..., tuple[Tensor, Tensor]]:
    """(z, hidden) of some events."""

    def make(events: int = 6, latent: int = LATENT, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
        z = torch.randn(events, latent, generator=rng, dtype=torch.float64)
        hidden = torch.randn(events, SLOTS, N, generator=rng, dtype=torch.float64)
        return z.to(dtype), hidden.to(dtype)

    return make
