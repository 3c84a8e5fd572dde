"""What a flow in the latent space is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

import torch
from torch import Tensor, nn

__all__ = ["INSIDE", "Chain", "Flow"]

INSIDE = 1 - 1e-6
"""Bound of what keeps a step invertible when it is less than 1: saturated functions round to 1 in single precision."""


class Flow(nn.Module, ABC):
    """An invertible map of the latent space, whose parameters may depend on the event."""

    @abstractmethod
    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mapped points, (B, latent), and log |det dz'/dz|, (B,).

        Args:
            z: (B, latent).
            hidden: (B, slots, n), the encoder's features of the event, or (B, 1, n) where all slots are equal.
        """


class Chain(Flow):
    """Flows one after the other; without any, z stays as it is."""

    def __init__(self, steps: Iterable[Flow] = ()) -> None:
        super().__init__()
        self.steps = nn.ModuleList(steps)

    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return the points behind the last step and the sum of the log-determinants."""
        total = torch.zeros_like(z[:, 0])
        for step in self.steps:
            z, log_det = step(z, hidden)
            total = total + log_det
        return z, total
