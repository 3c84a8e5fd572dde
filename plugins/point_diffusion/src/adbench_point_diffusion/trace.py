"""The divergence of a velocity: exactly, or in the mean over random directions.

Both are made of backward passes. Measured on CPUs with the network of this plugin, a backward pass takes half the
time of a forward one with tangents (`benchmarks/point_diffusion.py` prints both).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["Trace", "Velocity", "exact", "hutchinson"]

Velocity = Callable[[Tensor, Tensor], Tensor]
"""Velocity of numbers (B, M) at angles (B,), (B, M); row i depends on row i alone."""

Trace = Callable[[Velocity, Tensor, Tensor], tuple[Tensor, Tensor]]
"""From a velocity, numbers and angles to velocities (B, M) and divergences (B,)."""

_ON_CPU, _ON_GPU = 256, 2**15  # events times backward passes that are worked out together: a cache holds few


def exact(velocity: Velocity, x: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """Return velocities (B, M) and the trace of their Jacobians (B,), by M backward passes."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        v = velocity(x, angle)
    total = torch.zeros_like(x[:, 0])
    if not v.requires_grad:  # a constant
        return v.detach(), total
    together = max((_ON_CPU if x.device.type == "cpu" else _ON_GPU) // max(len(x), 1), 1)
    for columns in torch.split(torch.arange(x.shape[1], device=x.device), together):
        rows = torch.nn.functional.one_hot(columns, x.shape[1]).to(x.dtype)[:, None].expand(-1, len(x), -1)
        (gradients,) = torch.autograd.grad(v, x, rows, retain_graph=True, is_grads_batched=True)
        total = total + (gradients * rows).sum((0, 2))
    return v.detach(), total


def hutchinson(velocity: Velocity, x: Tensor, angle: Tensor, signs: Tensor) -> tuple[Tensor, Tensor]:
    """Return velocities (B, M) and mean over K of s_k J s_k (B,): the trace in the mean over random signs s.

    Source: Hutchinson, Commun. Stat. Simul. 18 (1989) 1059; Grathwohl et al., arXiv:1810.01367, section 3.1.

    Args:
        velocity: of numbers.
        x: (B, M).
        angle: (B,).
        signs: (B, K, M), +1 and -1.
    """
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        v = velocity(x, angle)
    total = torch.zeros_like(x[:, 0])
    if v.requires_grad:
        for k in range(signs.shape[1]):
            (gradient,) = torch.autograd.grad(v, x, signs[:, k], retain_graph=k + 1 < signs.shape[1])
            total = total + (gradient * signs[:, k]).sum(1)
    return v.detach(), total / signs.shape[1]
