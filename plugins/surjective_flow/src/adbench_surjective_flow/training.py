"""From background events to a fitted `SurjectiveFlow`."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import Tensor

from adbench import torchkit
from adbench.api import Events, RunContext
from adbench_surjective_flow.inputs import View
from adbench_surjective_flow.network import SurjectiveFlow
from adbench_surjective_flow.params import SurjectiveParams
from adbench_surjective_flow.scaling import Sums

__all__ = ["train_flow"]


def train_flow(
    params: SurjectiveParams, train: Events, validation: Events, context: RunContext
) -> tuple[SurjectiveFlow, torchkit.History]:
    """Return the flow in the state of its best epoch, and how the fit went.

    Args:
        params: architecture and training settings.
        train: background to learn from; scaling and tables too are learned from these events alone.
        validation: background for the best epoch; may be empty.
        context: seed, device, progress and deadline of the run.

    Raises:
        DetectorError: the fit failed; see `adbench.torchkit.fit`.
    """
    device = torchkit.device_of(context)
    with torchkit.seeded(context, "initialisation"):
        network = SurjectiveFlow(params, View.of(train.schema, params))
    _learn_tables(network, train)
    network.to(device)
    settings = torchkit.FitSettings(
        params.epochs, params.batch_size, params.learning_rate, params.patience, noise=network.uniforms, decay=True
    )
    settings = torchkit.for_few_events(settings, len(train), params.least_steps)
    learned, held_out = (torchkit.sample_of(events, network.view.tables, device) for events in (train, validation))
    history = torchkit.fit(network, partial(_loss, network), learned, held_out, settings, context)
    return network, history


def _learn_tables(network: SurjectiveFlow, train: Events) -> None:
    sums, kinds = Sums(network.scale_groups()), [np.zeros((0, network.slots), np.int64)]
    for block in torchkit.blocks(train):
        values, there, of_block = network.view.tables(block)
        sums.add(values, there, block.weights)
        kinds.append(of_block)
    network.learn(sums, np.concatenate(kinds), np.asarray(train.weights, np.float64))


def _loss(network: SurjectiveFlow, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    return network.loss(*batch)
