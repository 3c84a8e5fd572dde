"""What encoders and decoders take and give."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

__all__ = ["Decoded", "Encoder", "Posterior", "log_variance"]


class Posterior(NamedTuple):
    """The Gaussian that the encoder gives to an event.

    Attributes:
        mu: (B, latent), mean.
        log_var: (B, latent), logarithm of the variance.
        hidden: (B, slots, n), features that flows make their parameters from, or (B, 1, n) where one row stands
            for all slots.
    """

    mu: Tensor
    log_var: Tensor
    hidden: Tensor


class Encoder(nn.Module):
    """Maps rows, (B, slots, columns), further numbers, (B, further), and a graph to a `Posterior`.

    Attributes:
        hidden_shape: slots and n of `Posterior.hidden`.
    """

    hidden_shape: tuple[int, int]


class Decoded(NamedTuple):
    """A reconstruction.

    Attributes:
        objects: (B, slots, features), or (B, 1, features) where all rows are equal.
        high_level: (B, 3), or (B, 0) where the network does not reconstruct high-level features.
    """

    objects: Tensor
    high_level: Tensor


def log_variance(raw: Tensor, limit: float = 30.0) -> Tensor:
    """Return a log-variance whose exponential is finite in float32, also for events far from training."""
    return raw.clamp(-limit, limit)
