"""Fitting one network on one sample."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from adbench import torchkit
from adbench.api import Events, RunContext
from adbench_quak.inputs import Inputs
from adbench_quak.params import QuakParams
from adbench_quak.vae import NfVae

__all__ = ["train_vae"]


def train_vae(
    params: QuakParams, inputs: Inputs, train: Events, held_out: Events, context: RunContext, name: str
) -> NfVae:
    """Return the network of one sample in the state of its best epoch.

    Args:
        params: architecture and training settings.
        inputs: which numbers of an event it sees.
        train: events to learn from, scaling included.
        held_out: events of the same kind that choose the epoch; may be empty.
        context: of the run.
        name: of the sample, which seeds the network.

    Raises:
        DetectorError: the fit failed; see `adbench.torchkit.fit`.
    """
    device = torchkit.device_of(context)
    with torchkit.seeded(context, "initialisation", name):
        network = NfVae(params, len(inputs.places))
    if params.scaling == "columns":
        moments = torchkit.Moments()
        for block in torchkit.blocks(train):
            moments.add(inputs.table(block), block.weights)
        network.scale.learn(moments)
    network.to(device)
    settings = torchkit.FitSettings(
        params.epochs, params.batch_size, params.learning_rate, params.patience, noise=params.latent, decay=True
    )
    settings = torchkit.for_few_events(settings, len(train), params.least_steps)
    learned, kept = (torchkit.sample_of(events, inputs.tables, device) for events in (train, held_out))
    torchkit.fit(network, partial(_loss, network), learned, kept, settings, context)
    return network


def _loss(network: NfVae, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    return network.loss(*batch)
