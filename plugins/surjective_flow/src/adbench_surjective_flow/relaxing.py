"""Labels as real numbers: dequantization and argmax, with uniform noise or with noise from a flow of its own.

Both are stochastic to the right and deterministic to the left: a label has many numbers, a number one label. With
noise u from q(u | label), log p(label) >= E[log p(numbers) - log q(u)], and argmax adds the Jacobian of its scaling.

Source: Verheyen, arXiv:2205.01697, section 3.4; Hoogeboom et al., arXiv:2102.05379 (argmax); Ho et al.,
arXiv:1902.00275 (noise from a flow).
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from adbench_surjective_flow.flow import SplineFlow

__all__ = ["ArgmaxCode", "Bins", "Relaxation", "UniformNoise", "VariationalNoise", "relaxation_of"]

_EDGE = 1e-6  # of the unit interval; its normal numbers are within +-4.8


class UniformNoise(nn.Module):
    """Numbers in (0, 1), all alike."""

    def forward(self, uniform: Tensor, there: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Return the noise, (B, n), and log q of what is there, (B,): 0."""
        return uniform, uniform.new_zeros(len(uniform))


class VariationalNoise(nn.Module):
    """Numbers in (0, 1) from a flow that knows the labels and the momenta; 3 layers, 8 bins, 2 units as in the paper.

    Args:
        numbers: how many.
        told: how many numbers say what labels and momenta are.
        embedding: numbers that stand for these.
    """

    def __init__(self, numbers: int, told: int, embedding: int) -> None:
        super().__init__()
        self.label = nn.Linear(told, embedding)
        circular = np.zeros(numbers, bool)
        self.flow = SplineFlow(circular, layers=3, bins=8, bound=5.0, units=2, blocks=2, embedding=embedding)

    def forward(self, uniform: Tensor, there: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Return the noise, (B, n), and log q of what is there, (B,), from uniform numbers."""
        base = torch.special.ndtri(uniform.clamp(_EDGE, 1 - _EDGE))
        moved, log_det = self.flow.push(base, there, self.label(told).relu())
        log_q = torch.where(there, _log_normal(base) - _log_normal(moved), 0).sum(1) - log_det
        return torch.special.ndtr(moved), log_q


class Bins:
    """Label k of n as a number in a bin of width 1: k - (n - 1) / 2 +- 1/2.

    Args:
        sizes: n of each column of labels.
    """

    def __init__(self, sizes: tuple[int, ...]) -> None:
        self.sizes, self.noises, self.dims = sizes, len(sizes), len(sizes)

    def there(self, known: Tensor) -> Tensor:
        """Return which numbers are there, from which labels are, bool (B, columns)."""
        return known

    def noise_there(self, known: Tensor) -> Tensor:
        """Return which noises are of labels that are there, bool (B, noises)."""
        return known

    def numbers(self, labels: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Return numbers, (B, dims), and log |d numbers / d noise| of each, (B, dims)."""
        middle = (torch.tensor(self.sizes, device=labels.device) - 1) / 2
        return labels - middle + noise - 0.5, torch.zeros_like(noise)

    def labels(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Return labels, (B, columns), and which of them exist; numbers beyond the ends belong to the last bins."""
        sizes = torch.tensor(self.sizes, device=numbers.device)
        found = (numbers + sizes / 2).floor().long()
        return torch.minimum(found.clamp(min=0), sizes - 1), torch.ones_like(found, dtype=torch.bool)


class ArgmaxCode:
    """Label k as its binary digits, and each digit as the place of the larger one of two numbers in (0, 1).

    The smaller number is a share of the larger, so log |d numbers / d noise| is the logarithm of the larger one. The
    flow sees the normal numbers that uniform ones in their place would be.

    Args:
        sizes: number of labels of each column.
    """

    def __init__(self, sizes: tuple[int, ...]) -> None:
        self.sizes = sizes
        self.digits = [max(size - 1, 0).bit_length() for size in sizes]
        self.noises = self.dims = 2 * sum(self.digits)

    def there(self, known: Tensor) -> Tensor:
        """Return which numbers are there, from which labels are, bool (B, columns)."""
        return torch.cat([known[:, i : i + 1].expand(-1, 2 * n) for i, n in enumerate(self.digits)], 1)

    def noise_there(self, known: Tensor) -> Tensor:
        """Return which noises are of labels that are there, bool (B, noises): of all winners, then of all shares."""
        winners = torch.cat([known[:, i : i + 1].expand(-1, n) for i, n in enumerate(self.digits)], 1)
        return winners.repeat(1, 2)

    def numbers(self, labels: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Return numbers, (B, dims), and log |d numbers / d noise| of each, (B, dims)."""
        winner, share = noise.clamp(_EDGE, 1 - _EDGE).chunk(2, dim=1)
        loser = (winner * share).clamp(min=_EDGE)
        one = self._bits(labels)
        pair = torch.stack([torch.where(one, loser, winner), torch.where(one, winner, loser)], 2)
        normal = torch.special.ndtri(pair)
        log_slope = -_log_normal(normal)
        log_slope[..., 0] = log_slope[..., 0] + winner.log()
        return normal.flatten(1), log_slope.flatten(1)

    def labels(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Return labels, (B, columns), and which of them exist: some binary numbers stand for nothing."""
        pairs = numbers.view(len(numbers), -1, 2)
        one = (pairs[..., 1] > pairs[..., 0]).long()
        columns = [
            (part * 2 ** torch.arange(part.shape[1], device=one.device)).sum(1)
            for part in torch.split(one, self.digits, 1)
        ]
        found = torch.stack(columns, 1)
        sizes = torch.tensor(self.sizes, device=one.device)
        return torch.minimum(found, sizes - 1), found < sizes

    def _bits(self, labels: Tensor) -> Tensor:
        parts = [labels[:, i : i + 1] >> torch.arange(n, device=labels.device) & 1 for i, n in enumerate(self.digits)]
        return torch.cat(parts, 1) == 1


Relaxation = Bins | ArgmaxCode


def relaxation_of(discrete: str, sizes: tuple[int, ...]) -> Relaxation | None:
    """Return how a treatment makes numbers of labels; None where it does not."""
    if discrete == "dequantized":
        return Bins(sizes)
    return ArgmaxCode(sizes) if discrete == "argmax" else None


def _log_normal(x: Tensor) -> Tensor:
    return -0.5 * x**2 - 0.5 * math.log(2 * math.pi)
