"""Planar flows: z' = z + u tanh(w z + b).

Source: Rezende, Mohamed, arXiv:1505.05770, equations 10 to 12 and appendix A.1.
"""

from __future__ import annotations

import torch
from torch import Tensor

from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.flows.above_minus_one import above_minus_one
from adbench_flow_vae.flows.base import Flow

__all__ = ["Planar", "bounded"]


def bounded(u: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """Return u moved along w, (B, latent), so that u w > -1, which makes the step invertible, and this u w, (B, 1).

    Where w is 0 the step is a shift and u stays.
    """
    x = (u * w).sum(1, keepdim=True)
    square = (w**2).sum(1, keepdim=True).clamp_min(torch.finfo(w.dtype).tiny)
    above = above_minus_one(x)
    return u + (above - x) / square * w, above


class Planar(Flow):
    """One planar step; u, w and b are dense functions of the encoder's features.

    Args:
        latent: dimensions of the latent space.
        slots: rows of the encoder's features.
        n: width of the encoder's features.
    """

    def __init__(self, latent: int, slots: int, n: int) -> None:
        super().__init__()
        self.vectors = SlotDense(slots, n, 2 * latent + 1)
        self.sizes = [latent, latent, 1]

    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return z' and log |det dz'/dz| = log(1 + tanh'(...) u w)."""
        u, w, b = self.vectors(hidden).split(self.sizes, 1)
        u, product = bounded(u, w)
        bent = torch.tanh((z * w).sum(1, keepdim=True) + b)
        return z + u * bent, torch.log1p((1 - bent**2) * product).sum(1)
