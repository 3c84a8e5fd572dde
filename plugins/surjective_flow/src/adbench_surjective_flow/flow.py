"""The autoregressive spline flow over numbers of which some may be missing, and angles that live on a circle.

A missing number enters networks as 0, passes splines as it is and adds nothing to log p: so the flow is, for each
pattern of missing numbers, a flow of the others alone (arXiv:2205.01697, section 3.2). Angles see only their cosine
and sine, move by circular splines and a rotation, and end uniform on the circle.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench.torchkit.splines import FLOOR, inverse_rational_quadratic, rational_quadratic
from adbench_surjective_flow.made import Made

__all__ = ["SplineFlow"]


class SplineFlow(nn.Module):
    """log p of numbers given a label, and draws from it.

    Args:
        circular: bool (dims,), which numbers are angles in [-pi, pi).
        layers: autoregressive transformations, each behind its own random order of the dimensions.
        bins: of each spline.
        bound: splines of other numbers live in [-bound, bound].
        units: hidden units for each dimension.
        blocks: residual blocks of each network.
        embedding: numbers that stand for the label.
    """

    def __init__(
        self,
        circular: NDArray[np.bool_],
        *,
        layers: int,
        bins: int,
        bound: float,
        units: int,
        blocks: int,
        embedding: int,
    ) -> None:
        super().__init__()
        self.dims = len(circular)
        flags = torch.from_numpy(circular.copy())
        self.layers = nn.ModuleList()
        for _ in range(layers):
            order = torch.randperm(self.dims)
            flags = flags[order]
            self.layers.append(_Layer(order, flags, bins, bound, units, blocks, embedding))

    def log_prob(self, x: Tensor, there: Tensor, label: Tensor) -> Tensor:
        """Return log p(x | label), (B,).

        Args:
            x: (B, dims); what stands where a number is missing does not matter.
            there: bool (B, dims).
            label: (B, embedding).
        """
        total = x.new_zeros(len(x))
        for layer in self.layers:
            x, there, log_det = layer(x, there, label)
            total = total + log_det
        return total + self._base(x, there)

    def push(self, x: Tensor, there: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the layers make of x, each number in its old place, and log |det|, (B,)."""
        place, total = torch.arange(self.dims, device=x.device), x.new_zeros(len(x))
        for layer in self.layers:
            x, there, log_det = layer(x, there, label)
            place, total = place[layer.order], total + log_det  # type: ignore[index]
        return x[:, place.argsort()], total

    def sample(self, there: Tensor, label: Tensor, stream: torch.Generator) -> Tensor:
        """Return one draw for each label, (B, dims), 0 where a number is missing."""
        steps: list[_Layer] = list(self.layers)  # type: ignore[arg-type]
        for layer in steps:
            there = there[:, layer.order]
        circular = self._circular
        normal = torch.randn(there.shape, generator=stream).to(label)
        angle = (2 * torch.rand(there.shape, generator=stream).to(label) - 1) * math.pi
        z = torch.where(circular, angle, normal) * there
        for layer in reversed(steps):
            z, there = layer.inverse(z, there, label)
        return z

    @property
    def _circular(self) -> Tensor:
        circular: Tensor = self.layers[-1].circular  # type: ignore[assignment]
        return circular

    def _base(self, z: Tensor, there: Tensor) -> Tensor:
        normal = -0.5 * z**2 - 0.5 * math.log(2 * math.pi)
        return torch.where(there, torch.where(self._circular, -math.log(2 * math.pi), normal), 0).sum(1)


class _Layer(nn.Module):
    order: Tensor
    back: Tensor
    circular: Tensor
    turn: Tensor
    bound: Tensor

    def __init__(
        self, order: Tensor, circular: Tensor, bins: int, bound: float, units: int, blocks: int, embedding: int
    ) -> None:
        super().__init__()
        dims = len(order)
        self.bins, self.any_circular = bins, bool(circular.any())
        self.register_buffer("order", order)
        self.register_buffer("back", order.argsort())
        self.register_buffer("circular", circular)
        self.register_buffer("turn", torch.where(circular, (2 * torch.rand(dims) - 1) * math.pi, 0))
        self.register_buffer("bound", torch.where(circular, math.pi, bound))
        self.network = Made(dims, 1 + self.any_circular, units, blocks, embedding, 3 * bins)

    def forward(self, x: Tensor, there: Tensor, label: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the moved numbers in the layer's order, which of them are there, and log |det|, (B,)."""
        there = there[:, self.order]
        x = self._turned(x[:, self.order], self.turn)
        hidden = self.network.hidden(self._seen(x, there), label)
        moved, total = [], x.new_zeros(len(x))
        for chosen, shape in self.network.shapes(hidden):
            y, log_slope = rational_quadratic(x[:, chosen], *self._parts(shape, chosen))
            moved.append(y)
            total = total + torch.where(there[:, chosen], log_slope, 0).sum(1)
        return torch.cat(moved, 1), there, total

    def inverse(self, y: Tensor, there: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        """Return what `forward` moves to y, one dimension after the other, and which of it is there."""
        x = torch.zeros_like(y)
        for i in range(y.shape[1]):
            chosen = slice(i, i + 1)
            hidden = self.network.hidden(self._seen(x, there), label)
            shape = self.network.shape_of(chosen, hidden)
            x[:, chosen] = inverse_rational_quadratic(y[:, chosen], *self._parts(shape, chosen))
        x = self._turned(x, -self.turn) * there
        return x[:, self.back], there[:, self.back]

    def _parts(self, shape: Tensor, chosen: slice) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        widths, heights, slopes, raw = shape.tensor_split([self.bins, 2 * self.bins, 3 * self.bins - 1], dim=2)
        end = torch.where(self.circular[chosen], nn.functional.softplus(raw[..., 0]) + FLOOR, 1)
        return widths, heights, slopes, self.bound[chosen], end

    def _seen(self, x: Tensor, there: Tensor) -> Tensor:
        if not self.any_circular:
            return torch.where(there, x, 0)
        first = torch.where(self.circular, x.cos(), x)
        return torch.where(there.repeat(1, 2), torch.cat([first, x.sin() * self.circular], 1), 0)

    def _turned(self, x: Tensor, angle: Tensor) -> Tensor:
        if not self.any_circular:
            return x
        return torch.where(self.circular, torch.remainder(x + angle + math.pi, 2 * math.pi) - math.pi, x)
