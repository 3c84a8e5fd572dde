"""Inverse autoregressive flows: z' = g z + (1 - g) m, with m and g of dimension i from the dimensions before it.

Source: Kingma et al., arXiv:1606.04934, algorithm 1.
"""

from __future__ import annotations

import torch
from nflows.transforms.made import MADE
from torch import Tensor, nn

from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.flows.base import Flow

__all__ = ["InverseAutoregressive"]


class InverseAutoregressive(Flow):
    """One step through a masked network with one further hidden layer.

    A dense function of the encoder's features is added to the first hidden layer. The gate is g = sigmoid(s + 1), so a
    new step keeps about three quarters of z. The mask gives dimension 0 constants, untouched by the event; steps
    therefore alternate in direction.

    Args:
        latent: dimensions of the latent space.
        slots: rows of the encoder's features.
        n: width of the encoder's features.
        width: units of a hidden layer.
        reverse: whether the step begins with the last dimension.
    """

    def __init__(self, latent: int, slots: int, n: int, width: int, reverse: bool) -> None:
        super().__init__()
        self.network = MADE(
            latent, width, num_blocks=1, output_multiplier=2, use_residual_blocks=False, activation=nn.functional.elu
        )
        self.network.context_layer = SlotDense(slots, n, width)  # nflows adds elu(this) to its first hidden layer
        self.reverse = reverse

    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return z' and log |det dz'/dz| = sum_i log g_i."""
        z = z.flip(1) if self.reverse else z
        mean, raw = self.network(z, hidden).view(*z.shape, 2).unbind(2)
        gate = torch.sigmoid(raw + 1)
        moved = mean + gate * (z - mean)
        return (moved.flip(1) if self.reverse else moved), nn.functional.logsigmoid(raw + 1).sum(1)
