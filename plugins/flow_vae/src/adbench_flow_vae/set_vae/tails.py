"""How unusual a number is among background: its survival probability, with an exponential tail."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Tails"]

_GRID = 200
_TAIL = 0.02  # share of the sample that the tail is fitted on


class Tails(nn.Module):
    """Minus the logarithm of the survival probability of each of several numbers, from a background sample.

    Inside the sample it is interpolated; above its 98 % quantile it grows with the slope of an exponential of the
    same mean excess, so that no two events tie. Where background follows the sample, the values are
    exponentially distributed, and their sum over independent numbers is half of Fisher's chi squared.

    Source: Fisher, Statistical Methods for Research Workers, section 21.1.

    Args:
        n: how many numbers.
    """

    knots: Tensor
    values: Tensor
    slope: Tensor

    def __init__(self, n: int) -> None:
        super().__init__()
        self.register_buffer("knots", torch.zeros(n, _GRID))
        self.register_buffer("values", torch.zeros(n, _GRID))
        self.register_buffer("slope", torch.ones(n))

    def fit(self, sample: Tensor, weights: Tensor) -> None:
        """Learn from a sample, (events, n), with weights, (events,)."""
        for i, column in enumerate(sample.double().T):
            order = column.argsort()
            x, share = column[order], weights.double()[order]
            above = share.flip(0).cumsum(0).flip(0) / share.sum()  # weight at or above each event
            survival = torch.linspace(1, _TAIL, _GRID, dtype=above.dtype)
            place = torch.searchsorted(-above, -survival, right=True) - 1
            knots = x[place.clamp(0, len(x) - 1)]
            beyond = x > knots[-1]
            excess = ((x - knots[-1]) * share)[beyond].sum() / share[beyond].sum() if beyond.any() else x[-1] - x[0]
            self.knots[i], self.values[i] = knots.float(), -survival.log().float()
            self.slope[i] = (1 / excess if excess > 1e-9 else torch.ones(())).float()

    def forward(self, x: Tensor) -> Tensor:
        """Return -log(survival probability), (B, n), for x of that shape; it never falls with x."""
        columns = []
        for i in range(x.shape[1]):
            knots, values, column = self.knots[i], self.values[i], x[:, i].contiguous()
            right = torch.searchsorted(knots, column).clamp(1, _GRID - 1)
            low, high = knots[right - 1], knots[right]
            part = ((column - low) / (high - low).clamp(min=1e-12)).clamp(0, 1)
            inside = values[right - 1] + part * (values[right] - values[right - 1])
            columns.append(inside + (column - knots[-1]).clamp(min=0) * self.slope[i])
        return torch.stack(columns, dim=1)
