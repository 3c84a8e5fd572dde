"""Convolutional flows: z' = z + u h(conv(z, w) + b), with a convolution that looks at later dimensions only.

Source: Zheng, Yang, Carbonell, arXiv:1711.02255. As in the public code of Jawahar et al. (arXiv:2110.08508) h is the
leaky ReLU of slope 0.01, and a flow is a block of dilations 1, 2, 4 and 8. Here every second block sees the dimensions
in reverse order; the public code computes that order and does not use it between blocks.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from adbench_flow_vae.flows.above_minus_one import above_minus_one, shrink
from adbench_flow_vae.flows.base import Flow

__all__ = ["ConvolutionBlock", "DilatedConvolution"]

_SLOPE = 0.01
_DILATIONS = (1, 2, 4, 8)


class DilatedConvolution(Flow):
    """z'_i = z_i + u_i h(b + sum_k w_k z_{i + k dilation}), with zeros beyond the last dimension.

    The Jacobian is triangular with diagonal 1 + h' u_i w_0; u is scaled so that u_i w_0 > -1. Kernel, bias and u are
    plain parameters: they do not depend on the event.

    Args:
        latent: dimensions of the latent space.
        kernel: taps of the convolution; those beyond the last dimension are left out.
        dilation: distance of taps.
    """

    tap: Tensor
    row: Tensor
    column: Tensor

    def __init__(self, latent: int, kernel: int, dilation: int) -> None:
        super().__init__()
        taps = min(kernel, 1 + (latent - 1) // dilation)
        width = taps**-0.5
        self.weight = nn.Parameter(torch.empty(taps).uniform_(-width, width))
        self.bias = nn.Parameter(torch.empty(1).uniform_(-width, width))
        self.u = nn.Parameter(torch.empty(latent).uniform_(-width, width))
        places = [(k, i, i + k * dilation) for k in range(taps) for i in range(latent - k * dilation)]
        for name, values in zip(("tap", "row", "column"), zip(*places, strict=True), strict=True):
            self.register_buffer(name, torch.tensor(values), persistent=False)

    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return z' and log |det dz'/dz| = sum_i log(1 + h'(...)_i u_i w_0)."""
        latent = len(self.u)
        band = self.weight.new_zeros(latent, latent).index_put((self.column, self.row), self.weight[self.tap])
        inner = torch.addmm(self.bias, z, band)
        product = self.u * self.weight[0]
        on, off = (torch.log1p(slope * above_minus_one(product)) for slope in (1, _SLOPE))
        log_det = torch.where(inner > 0, on, off).sum(1)
        return z + shrink(product) * self.u * nn.functional.leaky_relu(inner, _SLOPE), log_det


class ConvolutionBlock(Flow):
    """Convolutions of all dilations one after the other.

    Args:
        latent: dimensions of the latent space.
        kernel: taps of each convolution.
        reverse: whether the block sees the last dimension first.
    """

    def __init__(self, latent: int, kernel: int, reverse: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DilatedConvolution(latent, kernel, dilation) for dilation in _DILATIONS)
        self.reverse = reverse

    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return z' and log |det dz'/dz|."""
        total = torch.zeros_like(z[:, 0])
        z = z.flip(1) if self.reverse else z
        for layer in self.layers:
            z, log_det = layer(z, hidden)
            total = total + log_det
        return (z.flip(1) if self.reverse else z), total
