"""Graph-convolutional encoder and decoder (Jawahar et al., arXiv:2110.08508, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.graph import Graph, GraphConvolution
from adbench_flow_vae.posterior import Decoded, Encoder, Posterior, log_variance

__all__ = ["GcnDecoder", "GcnEncoder"]


class GcnEncoder(Encoder):
    """Graph convolutions with ReLU, flattened over the slots, and one dense layer for mean and log-variance.

    Args:
        slots: rows of an event.
        widths: features of a node at the input and behind each convolution: (5, 32, 16, 2).
        latent: dimensions of the latent space.
        further: numbers that join the flattened features in front of the dense layer.
    """

    def __init__(self, slots: int, widths: Sequence[int], latent: int, further: int = 0) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(GraphConvolution(a, b) for a, b in pairwise(widths))
        self.heads = SlotDense(slots, widths[-1], 2 * latent, further=further)
        self.hidden_shape = (slots, widths[-1])

    def forward(self, x: Tensor, further: Tensor, graph: Graph) -> Posterior:
        """Return the posterior of standardised objects, (B, slots, features), and further numbers, (B, further)."""
        for convolution in self.convolutions:
            x = convolution(x, graph).relu()
        mu, log_var = self.heads(x, further).chunk(2, dim=1)
        return Posterior(mu, log_variance(log_var), x)


class GcnDecoder(nn.Module):
    """The mirror of the encoder: a dense layer to the slots, then graph convolutions; the last one is linear.

    Args:
        slots: rows of an event.
        widths: those of the encoder; they are run through backwards.
        latent: dimensions of the latent space.
        high_level: high-level features that the dense layer reconstructs beside the slots.
    """

    def __init__(self, slots: int, widths: Sequence[int], latent: int, high_level: int = 0) -> None:
        super().__init__()
        self.shape = (slots, widths[-1])
        self.dense = nn.Linear(latent, slots * widths[-1] + high_level)
        self.convolutions = nn.ModuleList(GraphConvolution(a, b) for a, b in pairwise(reversed(widths)))

    def forward(self, z: Tensor, graph: Graph) -> Decoded:
        """Return the reconstruction of points of the latent space, (B, latent)."""
        dense: Tensor = self.dense(z)
        n = self.shape[0] * self.shape[1]
        y = dense[:, :n].relu().view(-1, *self.shape)
        for i, convolution in enumerate(self.convolutions):
            y = convolution(y if i == 0 else y.relu(), graph)
        return Decoded(y, dense[:, n:])
