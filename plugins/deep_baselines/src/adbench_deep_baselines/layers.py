"""Dense layers, and dropout whose randomness is that of the fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

__all__ = ["dense", "drop", "leaky"]


def leaky() -> nn.Module:
    """Return a leaky ReLU of slope 0.1, as Ruff et al. (2018) use it: unbounded, so that nothing saturates."""
    return nn.LeakyReLU(0.1)


def dense(
    widths: Sequence[int],
    *,
    bias: bool = True,
    activation: Callable[[], nn.Module] = leaky,
    wrap: Callable[[nn.Module], nn.Module] = lambda layer: layer,
) -> nn.Sequential:
    """Return linear layers with an activation between them, none behind the last.

    Args:
        widths: numbers going in, between and out; two at least.
        bias: whether layers have one.
        activation: makes one activation.
        wrap: what to do to each linear layer, such as a spectral norm.

    Example:
        >>> [type(layer).__name__ for layer in dense([5, 3, 2])]
        ['Linear', 'LeakyReLU', 'Linear']
    """
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [activation()] if layers else []
        layers.append(wrap(nn.Linear(before, after, bias=bias)))
    return nn.Sequential(*layers)


def drop(values: Tensor, share: float, stream: torch.Generator | None) -> Tensor:
    """Return values with a random share of them set to 0 and the others scaled up; unchanged without a stream.

    torch's own dropout draws from its global generator, which is not the run's.
    """
    if stream is None or not share:
        return values
    kept = torch.rand(values.shape, generator=stream).to(values.device) >= share
    return values * kept / (1 - share)
