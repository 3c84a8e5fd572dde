"""A dense layer on all slots of an event at once, cheap where one row stands for all slots."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

__all__ = ["SlotDense"]


class SlotDense(nn.Module):
    """W flatten(h) + b for h of shape (B, slots, n).

    Behind a graph convolution on a complete graph all slots are equal and h has shape (B, 1, n). Then
    W flatten(h) is the sum of W over slots, times the one row: the same numbers, `slots` times cheaper.

    Args:
        slots: rows of an event.
        n: features of a row.
        n_out: outputs.
        filled: outputs that have parameters, by index; all others are always 0. None = all have.
        further: numbers of an event that join flatten(h).
    """

    filled: Tensor | None

    def __init__(
        self, slots: int, n: int, n_out: int, filled: Sequence[int] | None = None, *, further: int = 0
    ) -> None:
        super().__init__()
        self.slots, self.n, self.n_out = slots, n, n_out
        dense = nn.Linear(slots * n + further, n_out if filled is None else len(filled))  # torch's own initialisation
        self.weight, self.bias = dense.weight, dense.bias
        self.register_buffer(
            "filled", None if filled is None else torch.tensor(filled, dtype=torch.long), persistent=False
        )

    def forward(self, h: Tensor, further: Tensor | None = None) -> Tensor:
        """Return (B, n_out) for h, (B, slots, n) or (B, 1, n), and further numbers, (B, further)."""
        inputs = h.flatten(1) if further is None else torch.cat([h.flatten(1), further], dim=1)
        return nn.functional.linear(inputs, *self._affine(h))

    def events_last(self, h: Tensor) -> Tensor:
        """Return the same numbers as (n_out, B): sums over outputs of neighbouring events then fill whole registers."""
        weight, bias = self._affine(h)
        return torch.addmm(bias[:, None], weight, h.flatten(1).T)

    def _affine(self, h: Tensor) -> tuple[Tensor, Tensor]:
        weight: Tensor = self.weight
        bias: Tensor = self.bias
        if h.shape[1] != self.slots:
            flat = self.slots * self.n
            one_row = weight[:, :flat].view(-1, self.slots, self.n).sum(1)
            weight = torch.cat([one_row, weight[:, flat:]], dim=1)
        if self.filled is not None:
            weight = weight.new_zeros(self.n_out, weight.shape[1]).index_copy(0, self.filled, weight)
            bias = bias.new_zeros(self.n_out).index_copy(0, self.filled, bias)
        return weight, bias
