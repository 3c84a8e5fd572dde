"""From background events to a fitted autoencoder."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from adbench import torchkit
from adbench.api import Events, RunContext
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.representation import TYPE, rows
from adbench_flow_vae.vae import Vae

__all__ = ["train_vae"]


def train_vae(
    params: FlowVaeParams, train: Events, validation: Events, context: RunContext
) -> tuple[Vae, torchkit.History]:
    """Return the autoencoder in the state of its best epoch, and how the fit went.

    Args:
        params: architecture and training settings.
        train: background to learn from; the scaling too is learned from these events alone.
        validation: background for early stopping; may be empty.
        context: seed, device, progress and deadline of the run.

    Raises:
        DetectorError: the fit failed; see `adbench.torchkit.fit`.
        DataError: the data set has objects that the representation has no slots for.
    """
    device = torchkit.device_of(context)
    objects = rows(train)
    with torchkit.seeded(context, "initialisation"):
        network = Vae(params)
    network.scale.fit(objects, train.weights, objects[..., TYPE] > 0 if params.mask_padding else None)
    network.to(device)

    def sample(table: NDArray[np.float32], events: Events) -> torchkit.Sample:
        weights = torch.tensor(events.weights, device=device)
        return torchkit.Sample((torch.from_numpy(table).to(device),), weights)

    settings = torchkit.FitSettings(
        params.epochs, params.batch_size, params.learning_rate, params.patience, noise=params.latent
    )
    history = torchkit.fit(
        network,
        partial(_loss, network),
        sample(objects, train),
        sample(rows(validation), validation),
        settings,
        context,
    )
    return network, history


def _loss(network: Vae, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    objects, noise = batch
    return network.loss(objects, noise)
