"""From background events to a fitted `SetVae`."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from adbench import torchkit
from adbench.api import Events, RunContext
from adbench_flow_vae.set_vae.inputs import of_tensors, tables
from adbench_flow_vae.set_vae.network import SetVae, components
from adbench_flow_vae.set_vae.params import SetVaeParams

__all__ = ["surprises_of", "train_set_vae"]

BATCH = 512  # of scoring; shapes no result
_MIRRORS = 2  # numbers that decide about a reflection of an event


def train_set_vae(
    params: SetVaeParams, train: Events, validation: Events, context: RunContext
) -> tuple[SetVae, torchkit.History]:
    """Return the network in the state of its best epoch, its tails from validation background, and its history.

    Args:
        params: architecture and training settings.
        train: background to learn from; the scaling too is learned from these events alone.
        validation: background for the best epoch and for the tails; where it is empty, both come from `train`.
        context: seed, device, progress and deadline of the run.

    Raises:
        DetectorError: the fit failed; see `adbench.torchkit.fit`.
        UnsuitedError: the data set lacks a quantity, or has a kind of object that the network does not know.
    """
    device = torchkit.device_of(context)
    with torchkit.seeded(context, "initialisation"):
        network = SetVae(params)
    network.scale.fit(train)
    network.to(device)
    settings = _settings(params, len(train))
    learned, held_out = (torchkit.sample_of(events, tables, device) for events in (train, validation))
    history = torchkit.fit(network, partial(_loss, network), learned, held_out, settings, context)
    usual = validation if len(validation) else train
    network.tails.fit(surprises_of(network, usual, context), torch.tensor(usual.weights))
    return network, history


def surprises_of(network: SetVae, events: Events, context: RunContext) -> Tensor:
    """Return the three components of the surprise of events, (n, 3), on the CPU."""
    device = torchkit.device_of(context)
    parts = [torch.empty(0, 3)]
    with torch.inference_mode():
        for batch in torchkit.batches(events, BATCH):
            tensors = [torch.from_numpy(table).to(device) for table in tables(batch)]
            likelihood, _ = network.surprises(of_tensors(*tensors))
            parts.append(components(likelihood, tensors[1]).cpu())
    return torch.cat(parts)[: len(events)]


def _settings(params: SetVaeParams, n: int) -> torchkit.FitSettings:
    """Return how to fit n events; below some 9,000 the validation loss asks for more epochs and smaller batches."""
    usual = torchkit.FitSettings(
        params.epochs,
        params.batch_size,
        params.learning_rate,
        params.patience,
        noise=params.latent + _MIRRORS,
        decay=True,
    )
    return torchkit.for_few_events(usual, n, params.least_steps)


def _loss(network: SetVae, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    objects, kinds, numbers, noise = batch
    latent, mirrors = noise[:, :-_MIRRORS], noise[:, -_MIRRORS:]
    return network.loss(_mirrored(objects, mirrors) if network.training else objects, kinds, numbers, latent)


def _mirrored(objects: Tensor, toss: Tensor) -> Tensor:
    """Return events reflected in eta and in azimuth, each where its toss is positive.

    The proton beams are alike, so eta and -eta are; and no detector effect here tells clockwise from counter-clockwise.
    """
    sign = torch.where(toss > 0, 1.0, -1.0).to(objects.dtype)
    one = torch.ones_like(sign[:, 0])
    return objects * torch.stack([one, sign[:, 0], sign[:, 1], one], dim=1)[:, None, :]  # log pT, eta, phi, log m
