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
from adbench_flow_vae.representation import TYPE
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
    with torchkit.seeded(context, "initialisation"):
        network = Vae(params)
    view = network.view
    objects, further = view.tables(train)
    present = objects[..., TYPE] > 0 if params.mask_padding else None
    network.scale.fit(objects[..., : view.columns], train.weights, present)
    network.scale_further.fit(further, train.weights)
    network.to(device)

    def sample(tables: tuple[NDArray[np.float32], ...], events: Events) -> torchkit.Sample:
        weights = torch.tensor(events.weights, device=device)
        return torchkit.Sample(tuple(torch.from_numpy(table).to(device) for table in tables), weights)

    settings = torchkit.FitSettings(
        params.epochs, params.batch_size, params.learning_rate, params.patience, noise=params.latent
    )
    history = torchkit.fit(
        network,
        partial(_loss, network),
        sample((objects, further), train),
        sample(view.tables(validation), validation),
        settings,
        context,
    )
    return network, history


def _loss(network: Vae, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    return network.loss(*batch)
