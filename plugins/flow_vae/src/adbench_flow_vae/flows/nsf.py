"""Autoregressive neural spline flows: each dimension bent by a spline whose shape the dimensions before it decide.

Source: Durkan, Bekasov, Murray, Papamakarios, arXiv:1906.04032; one small network for each dimension as in the public
code of Jawahar et al. (arXiv:2110.08508).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from adbench.torchkit.splines import rational_quadratic
from adbench_flow_vae.flows.base import Flow

__all__ = ["NeuralSpline"]


class NeuralSpline(Flow):
    """One step: dimension i through the spline that a network i -> width -> width -> 3 K - 1 gives it.

    Its input are dimensions 0 to i - 1. The networks of all dimensions run as one batched product. Their parameters do
    not depend on the event. Widths, heights and slopes are normalised once; the public code does so twice, which caps
    the ratio of two bins.

    Args:
        latent: dimensions of the latent space.
        width: units of a hidden layer of each network.
        bins: K, bins of a spline.
        bound: half the interval of the splines; the identity outside.
        reverse: whether the step begins with the last dimension.
    """

    earlier: Tensor

    def __init__(self, latent: int, width: int, bins: int, bound: float, reverse: bool) -> None:
        super().__init__()
        self.bins, self.bound, self.reverse = bins, bound, reverse
        sizes = (latent, width, width, 3 * bins - 1)
        fan_in = [torch.arange(latent).clamp_min(1), torch.full((latent,), width), torch.full((latent,), width)]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for n_in, n_out, fan in zip(sizes, sizes[1:], fan_in, strict=False):
            edge = fan[:, None, None] ** -0.5  # torch's own initialisation of a dense layer
            self.weights.append((2 * torch.rand(latent, n_in, n_out) - 1) * edge)
            self.biases.append((2 * torch.rand(latent, 1, n_out) - 1) * edge)
        self.register_buffer("earlier", torch.ones(latent, latent).tril(-1)[:, :, None], persistent=False)

    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return z' and log |det dz'/dz|, the sum of the splines' log-slopes."""
        z = z.flip(1) if self.reverse else z
        first, second, last = self.weights
        h = torch.tanh(torch.baddbmm(self.biases[0], z.expand(z.shape[1], -1, -1), first * self.earlier))
        h = torch.tanh(torch.baddbmm(self.biases[1], h, second))
        sizes = [self.bins, self.bins, self.bins - 1]
        parts = zip(torch.split(self.biases[2], sizes, 2), torch.split(last, sizes, 2), strict=True)
        widths, heights, slopes = (torch.baddbmm(bias, h, weight) for bias, weight in parts)
        moved, log_slope = rational_quadratic(z.T, widths, heights, slopes, self.bound)
        return (moved.flip(0) if self.reverse else moved).T, log_slope.sum(0)
