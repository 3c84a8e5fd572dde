"""The two networks: velocity of an event's numbers, and of its objects given these, whatever the objects' order.

Source: Mikuni and Nachman, arXiv:2306.03933, section 3, and its public code; the condition enters each block as in
arXiv:2212.09748, without its gates.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

__all__ = ["EventNetwork", "ObjectNetwork", "angle_features"]

_MULTIPLES = (1, 2, 4, 8)
_FLOOR = 1e-4  # of squares, so that their logarithms are smooth where noise or data vanish
_FAR = -1e9  # an attention weight of exactly 0 in float32
ANGLE_FEATURES = 2 * len(_MULTIPLES) + 2


def angle_features(angle: Tensor) -> Tensor:
    """Return (B, 10): sines and cosines of multiples of the angle, and logarithms of both variances."""
    turned = angle[:, None] * torch.tensor(_MULTIPLES, dtype=angle.dtype, device=angle.device)
    noise, data = angle.sin().square() + _FLOOR, angle.cos().square() + _FLOOR
    logs = torch.stack([noise.log(), data.log()], 1) / 5
    return torch.cat([turned.sin(), turned.cos(), logs], 1)


class EventNetwork(nn.Module):
    """Velocity of the numbers of an event, a residual network; zero before training.

    Args:
        numbers: of an event.
        width: of the layers.
        blocks: residual blocks.
    """

    def __init__(self, numbers: int, width: int, blocks: int) -> None:
        super().__init__()
        self.first = nn.Linear(numbers + ANGLE_FEATURES, width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
            for _ in range(blocks)
        )
        self.last = _zero(nn.Linear(width, numbers))

    def forward(self, x: Tensor, angle: Tensor) -> Tensor:
        """Return (B, numbers) for x of that shape and angles (B,)."""
        h = self.first(torch.cat([x, angle_features(angle)], 1))
        for block in self.blocks:
            h = h + block(h)
        result: Tensor = self.last(gelu(h))
        return result


class ObjectNetwork(nn.Module):
    """Velocity of an event's objects: attention among those that are there; zero before training.

    Args:
        features: numbers of an object.
        kinds: of objects.
        numbers: of the event, which the objects are conditioned on.
        width: numbers that stand for an object inside.
        heads: of each attention.
        blocks: attention blocks.
    """

    def __init__(self, features: int, kinds: int, numbers: int, width: int, heads: int, blocks: int) -> None:
        super().__init__()
        self.condition = nn.Sequential(
            nn.Linear(numbers + ANGLE_FEATURES, width), nn.GELU(), nn.Linear(width, width), nn.GELU()
        )
        self.first = nn.Linear(features, width)
        self.kind = nn.Embedding(kinds + 1, width)
        self.given = nn.Linear(width, width)
        self.blocks = nn.ModuleList(_Block(width, heads) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, width)
        self.last = _zero(nn.Linear(width, features))

    def forward(self, x: Tensor, angle: Tensor, numbers: Tensor, kinds: Tensor) -> Tensor:
        """Return (B, N, features).

        Args:
            x: (B, N, features), objects at an angle; what stands in empty slots does not matter.
            angle: (B,).
            numbers: (B, numbers), of the event, standardised.
            kinds: int64 (B, N), 0 = empty slot.
        """
        given = self.condition(torch.cat([numbers, angle_features(angle)], 1))
        bias = torch.where(kinds > 0, 0.0, _FAR).to(x.dtype)[:, None, None, :]
        start = self.first(x) + self.kind(kinds) + self.given(given)[:, None]
        h = start
        for block in self.blocks:
            h = block(h, given, bias)
        result: Tensor = self.last(gelu(self.out(self.norm(h)) + start))
        return result


class _Block(nn.Module):
    """Attention and a dense layer that knows the condition, each on normalised features and added to them."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.dense_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.up, self.given, self.down = (
            nn.Linear(width, 2 * width), nn.Linear(width, 2 * width), nn.Linear(2 * width, width),
        )  # fmt: skip

    def forward(self, h: Tensor, given: Tensor, bias: Tensor) -> Tensor:
        b, n, width = h.shape
        split = self.query_key_value(self.norm(h)).view(b, n, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        weights = (query @ key.mT / math.sqrt(width / self.heads) + bias).softmax(3)
        h = h + self.out((weights @ value).transpose(1, 2).reshape(b, n, width))
        result: Tensor = h + self.down(gelu(self.up(self.dense_norm(h)) + self.given(given)[:, None]))
        return result


def _zero(layer: nn.Linear) -> nn.Linear:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
