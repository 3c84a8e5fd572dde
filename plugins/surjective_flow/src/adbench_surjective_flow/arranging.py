"""Objects in random order, and the noise that scores average over: uniform numbers in, arrangements out.

Source: the stochastic permutation of Verheyen, arXiv:2205.01697, section 3.3. Only the objects present change places;
an event of n of them is in one of n! orders.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Arranged", "arrange", "log_factorial"]


class Arranged(NamedTuple):
    """Events as the flow sees them.

    Attributes:
        values: (B, dims), numbers of the event, then of each slot.
        there: bool (B, dims).
        kinds: int64 (B, slots), 0 = empty; empty slots come last.
        categories: int64 (B, labels of the event).
    """

    values: Tensor
    there: Tensor
    kinds: Tensor
    categories: Tensor


def arrange(events: Arranged, uniform: Tensor, of_event: int) -> Arranged:
    """Return the events with their objects in the order of the uniform numbers of their slots.

    Args:
        events: with the objects in any order, empty slots last.
        uniform: (B, slots), in (0, 1).
        of_event: how many numbers of the event stand in front of those of the slots.
    """
    order = torch.where(events.kinds > 0, uniform, 2 + torch.arange(uniform.shape[1], device=uniform.device)).argsort(1)
    slots = order.shape[1]

    def moved(table: Tensor) -> Tensor:
        head, rest = table[:, :of_event], table[:, of_event:].view(len(table), slots, -1)
        return torch.cat([head, rest.gather(1, order[..., None].expand_as(rest)).flatten(1)], 1)

    return Arranged(moved(events.values), moved(events.there), events.kinds.gather(1, order), events.categories)


def log_factorial(kinds: Tensor) -> Tensor:
    """Return log n! of the number of objects present, (B,)."""
    return torch.lgamma((kinds > 0).sum(1) + 1.0)
