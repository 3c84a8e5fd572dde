"""Autoencoder: what a narrow code of background cannot give back is anomalous (arXiv:1808.08979, arXiv:1808.08992)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from adbench import torchkit
from adbench_deep_baselines.detector import DeepDetector, TableNetwork
from adbench_deep_baselines.layers import dense
from adbench_deep_baselines.params import AutoencoderParams

__all__ = ["Autoencoder", "AutoencoderNetwork"]


class AutoencoderNetwork(TableNetwork):
    """Dense encoder and its mirror image as decoder. Without layers between, the optimum is that of PCA."""

    def __init__(self, columns: int, params: AutoencoderParams) -> None:
        super().__init__(columns)
        widths = (columns, *params.widths, params.latent)
        self.encoder, self.decoder = dense(widths), dense(widths[::-1])

    def scores(self, x: Tensor) -> dict[str, Tensor]:
        """Return the mean squared error of the columns."""
        return {"reconstruction": ((x - self.decoder(self.encoder(x))) ** 2).mean(1)}

    def losses(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        """Return what is minimised, the score itself, (B,)."""
        return self.scores(batch[0])["reconstruction"]


class Autoencoder(DeepDetector):
    """Score: ``reconstruction``, the mean squared error of the standardised columns."""

    Params = AutoencoderParams
    SCORES = ("reconstruction",)

    def build(self, columns: int) -> AutoencoderNetwork:
        """Return a new autoencoder."""
        return AutoencoderNetwork(columns, self.params)

    def train(self, network: Any, train: torchkit.Sample, validation: torchkit.Sample) -> None:
        """Minimise the error."""
        p = self.params
        settings = torchkit.FitSettings(p.epochs, p.batch_size, p.learning_rate, p.patience)
        torchkit.fit(network, network.losses, train, validation, settings, self.context)
