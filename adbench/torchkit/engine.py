"""What does the arithmetic of a fit: this process alone, or one of several that share each batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

__all__ = ["Alone", "Engine", "Loss"]

Loss = Callable[[tuple[Tensor, ...], torch.Generator], Tensor]


class Engine(Protocol):
    """One of `ranks` processes; it takes the events rank, rank + ranks, ... of each batch."""

    @property
    def rank(self) -> int:
        """Which of the processes this is, from 0."""

    @property
    def ranks(self) -> int:
        """How many processes share each batch."""

    def set_up(
        self, network: nn.Module, loss: Loss, optimiser: torch.optim.Optimizer
    ) -> tuple[Loss, torch.optim.Optimizer]:
        """Return the loss and the optimiser to work with."""

    def backward(self, value: Tensor) -> None:
        """Make the gradients of a number, averaged over the ranks."""

    def total(self, value: Tensor) -> Tensor:
        """Return the sum of a number over the ranks."""


class Alone:
    """This process alone, in 32 bits."""

    rank = 0
    ranks = 1

    def set_up(
        self, network: nn.Module, loss: Loss, optimiser: torch.optim.Optimizer
    ) -> tuple[Loss, torch.optim.Optimizer]:
        """Return both as they are."""
        return loss, optimiser

    def backward(self, value: Tensor) -> None:
        """Make the gradients of a number."""
        torch.autograd.backward(value)

    def total(self, value: Tensor) -> Tensor:
        """Return the number."""
        return value
