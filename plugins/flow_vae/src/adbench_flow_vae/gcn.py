"""Graph-convolutional encoder and decoder (Jawahar et al., arXiv:2110.08508, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from torch import Tensor, nn

from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.graph import Graph, GraphConvolution

__all__ = ["GcnDecoder", "GcnEncoder", "Posterior"]

_LOG_VARIANCE = 30.0  # keeps exp() finite in float32 for events far from training; the public code clamps at 5


class Posterior(NamedTuple):
    """The Gaussian that the encoder gives to an event.

    Attributes:
        mu: (B, latent), mean.
        log_var: (B, latent), logarithm of the variance.
        hidden: (B, slots, n), what mean and variance were made from, or (B, 1, n) where all slots are equal;
            flows make their parameters from it.
    """

    mu: Tensor
    log_var: Tensor
    hidden: Tensor


class GcnEncoder(nn.Module):
    """Graph convolutions with ReLU, flattened over the slots, and one dense layer for mean and log-variance.

    Args:
        slots: rows of an event.
        widths: features of a node at the input and behind each convolution: (5, 32, 16, 2).
        latent: dimensions of the latent space.
    """

    def __init__(self, slots: int, widths: Sequence[int], latent: int) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(GraphConvolution(a, b) for a, b in pairwise(widths))
        self.heads = SlotDense(slots, widths[-1], 2 * latent)

    def forward(self, x: Tensor, graph: Graph) -> Posterior:
        """Return the posterior of standardised objects, (B, slots, features)."""
        for convolution in self.convolutions:
            x = convolution(x, graph).relu()
        mu, log_var = self.heads(x).chunk(2, dim=1)
        return Posterior(mu, log_var.clamp(-_LOG_VARIANCE, _LOG_VARIANCE), x)


class GcnDecoder(nn.Module):
    """The mirror of the encoder: a dense layer to the slots, then graph convolutions; the last one is linear.

    Args:
        slots: rows of an event.
        widths: those of the encoder; they are run through backwards.
        latent: dimensions of the latent space.
    """

    def __init__(self, slots: int, widths: Sequence[int], latent: int) -> None:
        super().__init__()
        self.shape = (slots, widths[-1])
        self.dense = nn.Linear(latent, slots * widths[-1])
        self.convolutions = nn.ModuleList(GraphConvolution(a, b) for a, b in pairwise(reversed(widths)))

    def forward(self, z: Tensor, graph: Graph) -> Tensor:
        """Return reconstructed objects, (B, slots, features), or (B, 1, features) where all rows are equal."""
        y: Tensor = self.dense(z).relu().view(-1, *self.shape)
        for i, convolution in enumerate(self.convolutions):
            y = convolution(y if i == 0 else y.relu(), graph)
        return y
