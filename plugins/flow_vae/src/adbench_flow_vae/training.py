"""From background events to a fitted autoencoder."""

from __future__ import annotations

from functools import partial

import torch
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
        UnsuitedError: the data set lacks a quantity, or has objects that the representation has no slots for.
    """
    device = torchkit.device_of(context)
    with torchkit.seeded(context, "initialisation"):
        network = Vae(params)
    _fit_scaling(network, train)
    network.to(device)
    settings = torchkit.FitSettings(
        params.epochs, params.batch_size, params.learning_rate, params.patience, noise=params.latent
    )
    history = torchkit.fit(
        network,
        partial(_loss, network),
        torchkit.sample_of(train, network.view.tables, device),
        torchkit.sample_of(validation, network.view.tables, device),
        settings,
        context,
    )
    return network, history


def _fit_scaling(network: Vae, train: Events) -> None:
    """Learn mean and deviation of what the network sees, block by block."""
    objects_moments, further_moments = torchkit.Moments(), torchkit.Moments()
    for block in torchkit.blocks(train):
        objects, further = network.view.tables(block)
        present = objects[..., TYPE] > 0 if network.params.mask_padding else None
        objects_moments.add(objects[..., : network.view.columns], block.weights, present)
        further_moments.add(further, block.weights)
    network.scale.learn(objects_moments)
    network.scale_further.learn(further_moments)


def _loss(network: Vae, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    return network.loss(*batch)
