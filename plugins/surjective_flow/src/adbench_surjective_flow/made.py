"""A masked network that gives each dimension the shape of its spline, from the dimensions before it.

Hidden units are sorted by how many dimensions they may see, so the output layer is block-triangular: it is applied
in blocks of dimensions, each on the hidden units that it may see, which leaves little more than half of the work.

Source: Germain, Gregor, Murray, Larochelle, arXiv:1502.03509; residual blocks as in Durkan et al., arXiv:1906.04032.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from adbench.torchkit.splines import FLOOR

__all__ = ["Made"]

_SLICES = 6
_UNIT_SLOPE = math.log(math.expm1(1 - FLOOR))  # softplus of it, plus the floor, is 1


class Made(nn.Module):
    """Spline parameters of each dimension, from the dimensions before it and from a label.

    Args:
        dims: dimensions, at least 1.
        inputs: numbers that stand for each dimension: 1, or 2 where they may be cosine and sine of an angle.
        units: hidden units for each dimension.
        blocks: residual blocks.
        embedding: numbers that stand for the label.
        outputs: parameters of each dimension.
    """

    degree: Tensor
    see_input: Tensor
    see_hidden: Tensor

    def __init__(self, dims: int, inputs: int, units: int, blocks: int, embedding: int, outputs: int) -> None:
        super().__init__()
        hidden = units * dims
        self.dims, self.outputs, self.blocks = dims, outputs, blocks
        degree = torch.arange(hidden) * max(dims - 1, 1) // hidden + 1  # sees dimensions 0 to degree - 1
        self.seen = [int((degree < stop).sum()) for stop in range(dims + 1)]
        rank = torch.arange(dims).repeat(inputs)
        self.register_buffer("degree", degree, persistent=False)
        self.register_buffer("see_input", (degree[:, None] > rank[None, :]).float(), persistent=False)
        self.register_buffer("see_hidden", (degree[:, None] >= degree[None, :]).float(), persistent=False)
        self.first = nn.Linear(inputs * dims, hidden)
        self.label = nn.Linear(embedding, (1 + blocks) * hidden)
        self.dense = nn.ModuleList(nn.Linear(hidden, hidden) for _ in range(2 * blocks))
        self.last = nn.Parameter(torch.empty(dims, outputs, hidden).uniform_(-1e-3, 1e-3))
        bias = torch.zeros(dims, outputs)
        bias[:, 2 * outputs // 3 :] = _UNIT_SLOPE  # widths and heights alike, slopes of 1: the identity
        self.bias = nn.Parameter(bias)

    def hidden(self, x: Tensor, label: Tensor) -> Tensor:
        """Return the hidden units, (B, units * dims), for inputs (B, inputs * dims) and labels (B, embedding)."""
        from_label: tuple[Tensor, ...] = self.label(label).chunk(1 + self.blocks, dim=1)
        h: Tensor = functional.linear(x, self.first.weight * self.see_input, self.first.bias) + from_label[0]
        for block in range(self.blocks):
            one, two = self._dense(2 * block), self._dense(2 * block + 1)
            inner = functional.linear(h.relu(), one.weight * self.see_hidden, one.bias) + from_label[1 + block]
            h = h + functional.linear(inner.relu(), two.weight * self.see_hidden, two.bias)
        return h

    def _dense(self, place: int) -> nn.Linear:
        return self.dense[place]  # type: ignore[return-value]

    def shapes(self, hidden: Tensor) -> Iterator[tuple[slice, Tensor]]:
        """Yield slices of the dimensions with their spline parameters, (B, dims in the slice, outputs)."""
        slices = _SLICES if hidden.device.type == "cpu" else 1  # a GPU spends slices on starting kernels
        size = -(-self.dims // min(slices, self.dims))
        for start in range(0, self.dims, size):
            chosen = slice(start, min(start + size, self.dims))
            yield chosen, self.shape_of(chosen, hidden)

    def shape_of(self, chosen: slice, hidden: Tensor) -> Tensor:
        """Return the spline parameters of some consecutive dimensions, (B, n, outputs)."""
        seen = self.seen[chosen.stop]  # hidden units that the last of them may see
        rank = torch.arange(chosen.start, chosen.stop, device=hidden.device)
        mask = (self.degree[None, :seen] <= rank[:, None]).to(hidden.dtype)
        weight = (self.last[chosen, :, :seen] * mask[:, None, :]).flatten(0, 1)
        flat = functional.linear(hidden[:, :seen], weight, self.bias[chosen].reshape(-1))
        return flat.view(len(hidden), chosen.stop - chosen.start, self.outputs)
