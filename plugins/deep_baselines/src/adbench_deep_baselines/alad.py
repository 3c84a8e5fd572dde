"""ALAD: a generator, an encoder and three discriminators trained against each other (Zenati et al., ICDM 2018)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus
from torch.nn.utils.parametrizations import spectral_norm

from adbench import torchkit
from adbench.api import UsageError
from adbench_deep_baselines.adversarial import duel
from adbench_deep_baselines.detector import DeepDetector, TableNetwork
from adbench_deep_baselines.layers import dense, drop
from adbench_deep_baselines.params import AladParams

__all__ = ["Alad", "AladNetwork", "Discriminator"]


class Discriminator(nn.Module):
    """Tells real pairs from others; what it sees in a pair is its hidden layer.

    Args:
        width: numbers of a pair.
        params: width of the hidden layer, dropout, spectral norm.
    """

    def __init__(self, width: int, params: AladParams) -> None:
        super().__init__()
        wrap = _wrap(params)
        self.first, self.last = wrap(nn.Linear(width, params.discriminator)), wrap(nn.Linear(params.discriminator, 1))
        self.dropout = params.dropout

    def features(self, one: Tensor, other: Tensor) -> Tensor:
        """Return the hidden layer, (B, width): f of the paper's equation 8."""
        return nn.functional.leaky_relu(self.first(torch.cat([one, other], dim=1)), 0.2)

    def forward(self, one: Tensor, other: Tensor, stream: torch.Generator | None = None) -> Tensor:
        """Return the logit of "this pair is real", (B,)."""
        return torch.as_tensor(self.last(drop(self.features(one, other), self.dropout, stream))[:, 0])


class AladNetwork(TableNetwork):
    """The five networks; losses are those of the public code: each side minimises the cross-entropy of its labels."""

    def __init__(self, columns: int, params: AladParams) -> None:
        super().__init__(columns)
        self.latent = params.latent
        self.encoder = dense((columns, *params.widths, params.latent), wrap=_wrap(params))
        self.generator = dense((params.latent, *params.widths[::-1], columns))
        self.of_x_and_z = Discriminator(columns + params.latent, params)
        self.of_x_and_x = Discriminator(2 * columns, params)
        self.of_z_and_z = Discriminator(2 * params.latent, params)

    def judges(self) -> list[nn.Parameter]:
        """Return the parameters of the discriminators."""
        return [p for part in (self.of_x_and_z, self.of_x_and_x, self.of_z_and_z) for p in part.parameters()]

    def makers(self) -> list[nn.Parameter]:
        """Return the parameters of generator and encoder."""
        return [*self.generator.parameters(), *self.encoder.parameters()]

    def judging_loss(self, x: Tensor, z: Tensor, weights: Tensor, stream: torch.Generator | None = None) -> Tensor:
        """Return the discriminators' loss, (): (x, E(x)), (x, x), (z, z) are real; their counterparts are not.

        Args:
            x: (B, columns), background.
            z: (B, latent), standard normal.
            weights: (B,), event weights of x.
            stream: randomness of dropout; none without.
        """
        with torch.no_grad():
            code, made = self.encoder(x), self.generator(z)
            again_x, again_z = self.generator(code), self.encoder(made)
        return (
            _cross_entropy(self.of_x_and_z(x, code, stream), 1, weights)
            + _cross_entropy(self.of_x_and_z(made, z, stream), 0)
            + _cross_entropy(self.of_x_and_x(x, x, stream), 1, weights)
            + _cross_entropy(self.of_x_and_x(x, again_x, stream), 0, weights)
            + _cross_entropy(self.of_z_and_z(z, z, stream), 1)
            + _cross_entropy(self.of_z_and_z(z, again_z, stream), 0)
        )

    def making_loss(self, x: Tensor, z: Tensor, weights: Tensor, stream: torch.Generator | None = None) -> Tensor:
        """Return the loss of generator and encoder, (): the other labels on all pairs that they make."""
        code, made = self.encoder(x), self.generator(z)
        return (
            _cross_entropy(self.of_x_and_z(x, code, stream), 0, weights)
            + _cross_entropy(self.of_x_and_z(made, z, stream), 1)
            + _cross_entropy(self.of_x_and_x(x, self.generator(code), stream), 1, weights)
            + _cross_entropy(self.of_z_and_z(z, self.encoder(made), stream), 1)
        )

    def scores(self, x: Tensor) -> dict[str, Tensor]:
        """Return the four scores of section 4.2 and table 6 of the paper."""
        back = self.generator(self.encoder(x))
        gap = self.of_x_and_x.features(x, x) - self.of_x_and_x.features(x, back)
        return {
            "features": gap.abs().sum(1),
            "l1": (x - back).abs().sum(1),
            "l2": (x - back).norm(dim=1),
            "logits": softplus(-self.of_x_and_x(x, back)),  # -log D(x, x')
        }


class Alad(DeepDetector):
    """Scores: ``features``, what the judge of x and x sees between x and G(E(x)); ``l1``, ``l2``; ``logits``."""

    Params = AladParams
    SCORES = ("features", "l1", "l2", "logits")

    def build(self, columns: int) -> AladNetwork:
        """Return new networks."""
        return AladNetwork(columns, self.params)

    def train(self, network: Any, train: torchkit.Sample, validation: torchkit.Sample) -> None:
        """Let both sides play; raise UsageError where the run asks for several devices or another precision."""
        if self.context.devices != 1 or self.context.precision != "32-true":
            msg = "alad trains on one device in 32 bits: leave out --devices and --precision"
            raise UsageError(msg)
        duel(network, train, validation, self.params, self.context)


def _cross_entropy(logits: Tensor, real: int, weights: Tensor | None = None) -> Tensor:
    return binary_cross_entropy_with_logits(logits, torch.full_like(logits, real), weight=weights)


def _wrap(params: AladParams) -> Any:
    return spectral_norm if params.spectral_norm else (lambda layer: layer)
