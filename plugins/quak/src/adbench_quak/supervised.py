"""The fully supervised reference: a dense network that is told background and signals."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench import torchkit
from adbench.api import Detector, DetectorError, Events, held_out
from adbench_quak.inputs import Inputs
from adbench_quak.params import SupervisedParams

__all__ = ["SupervisedMlp"]

_BATCH = 4096
_HELD_OUT = 5


class SupervisedMlp(Detector):
    """log P(signal) / P(background) of a dense network with batch normalisation and dropout; classes weigh alike."""

    Params = SupervisedParams
    _network: nn.Module | None = None

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit on background and the pooled priors; a fifth of these and validation background choose the epoch.

        Without validation background the last epoch is kept.

        Raises:
            DetectorError: there are no priors, or the fit failed.
        """
        if not priors:
            msg = "this network learns what signals look like, and there are no signal examples here"
            raise DetectorError(msg)
        device = torchkit.device_of(self.context)
        self._inputs = Inputs.of(train, self.params.columns)
        learned, kept = [], []
        for name in sorted(priors):
            chosen = held_out(priors[name], _HELD_OUT, self.context.rng("held out", name))
            kept.append(priors[name][chosen])
            learned.append(priors[name][~chosen])
        with torchkit.seeded(self.context, "initialisation"):
            network = _Classifier(len(self._inputs.places), self.params.widths, self.params.dropout)
        if self.params.scaling == "columns":
            network.scale.fit(self._inputs.table(train), train.weights)
        network.to(device)
        if not len(validation):  # signals alone would choose the epoch that calls everything a signal
            kept = [events[:0] for events in kept]
        samples = [_labelled(self._inputs, *pair, device) for pair in ((train, learned), (validation, kept))]
        settings = torchkit.FitSettings(
            self.params.epochs,
            self.params.batch_size,
            self.params.learning_rate,
            self.params.patience,
            decay=True,
        )
        settings = torchkit.for_few_events(settings, len(samples[0]), self.params.least_steps)
        with torchkit.seeded(self.context, "dropout"):  # which draws from the global generator
            torchkit.fit(network, partial(_loss, network), samples[0], samples[1], settings, self.context)
        self._network = network

    def score(self, events: Events) -> dict[str, NDArray[np.float32]]:
        """Return ``logit``, float32 (n,)."""
        network = self._network
        if network is None:
            msg = "this network has not been fitted: call fit() first"
            raise DetectorError(msg)
        device = torchkit.device_of(self.context)
        network.to(device).eval()

        def logits(batch: Events) -> dict[str, Tensor]:
            return {"logit": network(torch.from_numpy(self._inputs.table(batch)).to(device))}

        return torchkit.score_in_batches(events, _BATCH, ("logit",), logits)


class _Classifier(nn.Module):
    def __init__(self, dims: int, widths: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        self.scale = torchkit.Standardiser((dims,))
        layers: list[nn.Module] = []
        for n_in, n_out in itertools.pairwise((dims, *widths)):
            layers += [nn.Linear(n_in, n_out), nn.BatchNorm1d(n_out), nn.ReLU(), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return the logit of each event, (B,)."""
        logit: Tensor = self.layers(self.scale(x))[:, 0]
        return logit


def _labelled(inputs: Inputs, background: Events, signals: list[Events], device: torch.device) -> torchkit.Sample:
    """Return background and signals with their labels; each class has half of the weight."""
    signal = np.concatenate([inputs.table(events) for events in signals])
    weights = np.concatenate([events.weights for events in signals])
    x = np.concatenate([inputs.table(background), signal])
    y = np.repeat(np.array([0, 1], np.float32), [len(background), len(signal)])
    sums = [max(float(values.sum()), 1e-12) for values in (background.weights, weights)]
    share = np.concatenate([background.weights / sums[0], weights / sums[1]]).astype(np.float32)
    return torchkit.Sample((torch.from_numpy(x), torch.from_numpy(y)), torch.from_numpy(share)).to(device)


def _loss(network: _Classifier, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    x, y = batch
    return nn.functional.binary_cross_entropy_with_logits(network(x), y, reduction="none")
