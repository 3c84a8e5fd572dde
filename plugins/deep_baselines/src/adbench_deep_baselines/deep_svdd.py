"""Deep SVDD: background mapped near one point, so that what is far from it is anomalous (Ruff et al., ICML 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from adbench import torchkit
from adbench_deep_baselines.detector import DeepDetector, TableNetwork
from adbench_deep_baselines.layers import dense
from adbench_deep_baselines.params import DeepSvddParams

__all__ = ["DeepSvdd", "DeepSvddNetwork", "weighted_quantile"]

_NEAR_ZERO = 0.1  # public code: no coordinate of the centre is nearer to 0, where weights of zero would reach it


class DeepSvddNetwork(TableNetwork):
    """Dense layers without bias and with unbounded activations: neither can give a constant (propositions 2 and 3).

    No batch normalisation, other than in the paper: it knows no event weights.

    Attributes:
        centre: (latent,), fixed before training.
        radius2: (), square of the soft boundary's radius; 0 for the hard one.
        adapting: whether the radius follows the distances of each training batch.
    """

    centre: Tensor
    radius2: Tensor

    def __init__(self, columns: int, params: DeepSvddParams) -> None:
        super().__init__(columns)
        self.params, self.adapting = params, False
        self.encoder = dense((columns, *params.widths, params.latent), bias=False)
        self.register_buffer("centre", torch.full((params.latent,), params.centre or 0.0))
        self.register_buffer("radius2", torch.zeros(()))

    def distances(self, x: Tensor) -> Tensor:
        """Return the squared distance of each event to the centre, (B,)."""
        return torch.as_tensor(((self.encoder(x) - self.centre) ** 2).sum(1))

    def scores(self, x: Tensor) -> dict[str, Tensor]:
        """Return the squared distance minus the squared radius (sections 3.1 and 3.2)."""
        return {"distance": self.distances(x) - self.radius2}

    def losses(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        """Return the terms of equation 3 (soft) or 4 (hard), (B,), the weight decay in each of them."""
        x, weights = batch
        distances, decay = self.distances(x), self.params.decay / 2 * self._square_of_weights()
        if self.params.boundary == "hard":
            return distances + decay
        if self.training and self.adapting:
            self.radius2.copy_(weighted_quantile(distances.detach(), weights, 1 - self.params.nu))
        return self.radius2.clone() + (distances - self.radius2).relu() / self.params.nu + decay

    @torch.no_grad()
    def place_centre(self, sample: torchkit.Sample) -> None:
        """Make the mean output of background the centre, away from 0 in each coordinate."""
        x, weights = sample.tensors[0], sample.weights
        share = weights / weights.sum()
        mean = sum(
            (s @ self.encoder(part) for part, s in zip(torch.split(x, 4096), torch.split(share, 4096), strict=True)),
            0 * x[0, 0],
        )
        side = torch.where(mean < 0, -1.0, 1.0)
        self.centre.copy_(torch.where(mean.abs() < _NEAR_ZERO, side * _NEAR_ZERO, mean))

    def _square_of_weights(self) -> Tensor:
        return torch.stack([(weight**2).sum() for weight in self.encoder.parameters()]).sum()


class DeepSvdd(DeepDetector):
    """Score: ``distance``, the squared distance to the centre, minus the squared radius where the boundary is soft."""

    Params = DeepSvddParams
    SCORES = ("distance",)

    def build(self, columns: int) -> DeepSvddNetwork:
        """Return a new network."""
        return DeepSvddNetwork(columns, self.params)

    def train(self, network: Any, train: torchkit.Sample, validation: torchkit.Sample) -> None:
        """Pretrain as an autoencoder, place the centre, pull background towards it."""
        if self.params.pretraining:
            self._pretrain(network, train, validation)
        if self.params.centre is None:
            network.place_centre(train)
        for settings, adapting in self._phases():
            network.adapting = adapting
            torchkit.fit(network, network.losses, train, validation, settings, self.context)

    def _phases(self) -> Iterator[tuple[torchkit.FitSettings, bool]]:
        p, soft = self.params, self.params.boundary == "soft"
        if soft and p.warm_up:
            yield torchkit.FitSettings(p.warm_up, p.batch_size, p.learning_rate), False
        yield torchkit.FitSettings(p.epochs, p.batch_size, p.learning_rate, p.patience), soft
        if p.fine_epochs:
            yield torchkit.FitSettings(p.fine_epochs, p.batch_size, p.learning_rate / 10, p.patience), soft

    def _pretrain(self, network: DeepSvddNetwork, train: torchkit.Sample, validation: torchkit.Sample) -> None:
        p, columns = self.params, train.tensors[0].shape[1]
        with torchkit.seeded(self.context, "decoder"):
            decoder = dense((p.latent, *p.widths[::-1], columns), bias=False)
        both = _Reconstruction(network.encoder, decoder.to(train.weights.device))
        settings = torchkit.FitSettings(p.pretraining, p.batch_size, p.learning_rate, p.patience)
        torchkit.fit(both, both.losses, train, validation, settings, self.context)


class _Reconstruction(nn.Module):
    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def losses(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        return torch.as_tensor(((batch[0] - self.decoder(self.encoder(batch[0]))) ** 2).mean(1))


def weighted_quantile(values: Tensor, weights: Tensor, share: float) -> Tensor:
    """Return the smallest of the values at or below which lies at least this share of the weight, shape ()."""
    ordered, order = values.sort()
    below = weights[order].double().cumsum(0)
    place = int((below < share * below[-1] * (1 - 1e-12)).sum())
    return ordered[min(place, len(ordered) - 1)]
