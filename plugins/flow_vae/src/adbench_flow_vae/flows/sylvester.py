"""Sylvester flows: z' = z + Q R1 tanh(R2 Q^T z + b), whatever makes Q orthogonal.

Source: van den Berg, Hasenclever, Tomczak, Welling, arXiv:1803.05649, section 3.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.flows.base import INSIDE, Flow

__all__ = ["Sylvester", "Turn", "times"]


class Turn(ABC):
    """The orthogonal matrix of one step; vectors have events last, (d, B)."""

    @abstractmethod
    def back(self, z: Tensor) -> Tensor:
        """Return Q^T z, (m, B), of z, (latent, B)."""

    @abstractmethod
    def forth(self, u: Tensor) -> Tensor:
        """Return Q u, (latent, B), of u, (m, B)."""


class Sylvester(Flow):
    """Steps z' = z + Q R1 tanh(R2 Q^T z + b) with Q^T Q = 1 and upper triangular R1, R2.

    All of Q, R1, R2 and b are dense functions of the encoder's features. The diagonals of R1 and R2 are
    hyperbolic tangents, so r1_i r2_i > -1, which makes each step invertible (section 3.1 of the source). Parameters of
    all steps come from one matrix product and Q of all steps from one calculation.

    Args:
        latent: dimensions of the latent space.
        m: columns of Q, the width of the bottleneck.
        slots: rows of the encoder's features.
        n: width of the encoder's features.
        steps: how many maps follow each other.
    """

    def __init__(self, latent: int, m: int, slots: int, n: int, steps: int) -> None:
        super().__init__()
        self.m, self.steps = m, steps
        above = [i * m + j for i in range(m) for j in range(i + 1, m)]
        both = [triangle * m * m + k for triangle in range(2 * steps) for k in above]
        self.triangles = SlotDense(slots, n, steps * 2 * m * m, both)
        self.vectors = SlotDense(slots, n, steps * 3 * m)

    @abstractmethod
    def turns(self, hidden: Tensor) -> list[Turn]:
        """Return Q of each step."""

    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return z' and log |det dz'/dz| = sum_i log(1 + r1_i r2_i tanh'(...)_i), summed over steps."""
        m, steps = self.m, self.steps
        triangles = self.triangles.events_last(hidden).view(steps, 2, m, m, -1).unbind(0)
        vectors = self.vectors.events_last(hidden).view(steps, 3, m, -1).unbind(0)
        point = z.T.contiguous()
        total = torch.zeros_like(point[0])
        for turn, triangle, vector in zip(self.turns(hidden), triangles, vectors, strict=True):
            (above_1, above_2), (first, second, shift) = triangle.unbind(0), vector.unbind(0)
            d1, d2 = first.tanh() * INSIDE, second.tanh() * INSIDE
            turned = turn.back(point)
            bent = torch.tanh(times(above_2, turned) + d2 * turned + shift)
            point = point + turn.forth(times(above_1, bent) + d1 * bent)
            total = total + torch.log1p(d1 * d2 * (1 - bent**2)).sum(0)
        return point.T, total


def times(matrix: Tensor, vector: Tensor) -> Tensor:
    """Return the product of (..., i, j, B) and (..., j, B) for each event: (..., i, B)."""
    return (matrix * vector.unsqueeze(-3)).sum(-2)
