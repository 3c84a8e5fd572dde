"""A running mean of a network's weights over the steps of a fit."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Average", "early_decay"]


def early_decay(decay: float, step: int) -> float:
    """Return the share of a running mean that a step keeps: less at first, by (1 + step) / (10 + step).

    With the same share from the start, a mean of 50 steps at 0.999 would be the initialisation by 95 %.

    Example:
        >>> [round(early_decay(0.999, step), 3) for step in (1, 10, 10_000)]
        [0.182, 0.55, 0.999]
    """
    return min(decay, (1 + step) / (10 + step))


class Average:
    """Exponential moving average of the parameters, as in arXiv:2006.11239, appendix B.

    Early steps forget faster (`early_decay`), so that the mean does not remember the initialisation.

    Args:
        network: whose parameters change.
        decay: share of the mean that a step keeps, at most; 0 = the mean is the network itself.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._live = [parameter.data for parameter in network.parameters()] if decay else []
        self._mean = [tensor.clone() for tensor in self._live]
        self._decay, self._steps = decay, 0
        self._kept: list[Tensor] = []

    def update(self) -> None:
        """Take in the weights after a step."""
        if self._live:
            self._steps += 1
            torch._foreach_lerp_(self._mean, self._live, 1 - early_decay(self._decay, self._steps))

    def enter(self) -> None:
        """Put the mean into the network."""
        self._kept = [tensor.clone() for tensor in self._live]
        _copy(self._mean, self._live)

    def leave(self) -> None:
        """Put back the weights that the next step starts from."""
        _copy(self._kept, self._live)


def _copy(source: list[Tensor], target: list[Tensor]) -> None:
    for one, other in zip(source, target, strict=True):
        other.copy_(one)
