"""The fitting loop: Adam on seeded batches, event weights, early stopping on background."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from adbench.api.context import RunContext
from adbench.api.errors import DetectorError
from adbench.torchkit.seeding import generator

__all__ = ["FitSettings", "History", "Loss", "Sample", "fit"]

Loss = Callable[[tuple[Tensor, ...], torch.Generator], Tensor]


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How to fit.

    Attributes:
        epochs: passes over the training events, at most.
        batch_size: events per step, at most: an epoch is cut into equal parts, so that none is left with one event.
        learning_rate: of Adam.
        patience: epochs without a better validation loss after which to stop; 0 = never stop early.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    patience: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """Events as tensors on the device.

    Attributes:
        tensors: each of shape (n, ...); handed to the loss together.
        weights: (n,), event weights.
    """

    tensors: tuple[Tensor, ...]
    weights: Tensor

    def __len__(self) -> int:
        return len(self.weights)


@dataclass(slots=True)
class History:
    """How a fit went.

    Attributes:
        train: training loss of each epoch.
        validation: validation loss of each epoch; empty without validation events.
        best_epoch: the epoch, counted from 1, whose state the network was left in.
    """

    train: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    best_epoch: int = 0


def fit(
    network: nn.Module, loss: Loss, train: Sample, validation: Sample, settings: FitSettings, context: RunContext
) -> History:
    """Minimise the weighted mean of a per-event loss; leave the network in its best state.

    Best is the epoch of the lowest validation loss, or the last one where there are no validation events.
    Validation draws the same random numbers in every epoch, so that epochs can be compared.

    Args:
        network: its parameters are fitted; it is on the device already.
        loss: gets a batch of the sample's tensors and a CPU generator for its own randomness;
            returns one number per event, shape (batch,).
        train: background to learn from.
        validation: background for early stopping; may be empty.
        settings: epochs, batches, learning rate, patience.
        context: seed, progress and deadline of the run.

    Raises:
        DetectorError: no training events, weights without a positive sum, a loss that is not finite
            (names the epoch), or a deadline that has passed.
    """
    train = _with_mean_weight_one(train, "training")
    validation = _with_mean_weight_one(validation, "validation") if len(validation) else validation
    optimiser = torch.optim.Adam(network.parameters(), lr=settings.learning_rate, fused=True)
    stream = generator(context, "fit")
    history, best_state = History(), _copy(network)
    for epoch in range(1, settings.epochs + 1):
        network.train()
        figures = {"loss": _pass(loss, train, settings, optimiser, stream, context, epoch)}
        if len(validation):
            network.eval()
            figures["val"] = _mean_loss(loss, validation, settings.batch_size, context)
        for name, value in figures.items():
            if not math.isfinite(value):
                msg = f"{name} is {value} in epoch {epoch} of {settings.epochs}; "
                raise DetectorError(msg + f"a learning rate below {settings.learning_rate:g} may help")
        context.progress("fit", epoch, settings.epochs, **figures)
        better = "val" not in figures or figures["val"] < min(history.validation, default=math.inf)
        history.train.append(figures["loss"])
        history.validation += [figures["val"]] if "val" in figures else []
        if better:
            history.best_epoch, best_state = epoch, _copy(network)
        elif settings.patience and epoch - history.best_epoch >= settings.patience:
            break
    network.load_state_dict(best_state)
    network.eval()
    return history


def _pass(
    loss: Loss,
    sample: Sample,
    settings: FitSettings,
    optimiser: torch.optim.Optimizer,
    stream: torch.Generator,
    context: RunContext,
    epoch: int,
) -> float:
    order = torch.randperm(len(sample), generator=stream).to(sample.weights.device)
    total = torch.zeros((), device=order.device, dtype=torch.float64)
    for chosen in order.tensor_split(math.ceil(len(order) / settings.batch_size)):
        if context.seconds_left() <= 0:
            msg = f"the deadline passed in epoch {epoch} of {settings.epochs}; a longer limit or fewer epochs may help"
            raise DetectorError(msg)
        losses = loss(tuple(tensor[chosen] for tensor in sample.tensors), stream) * sample.weights[chosen]
        optimiser.zero_grad(set_to_none=True)
        losses.mean().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        total += losses.detach().sum()
    return float(total) / len(sample)


def _mean_loss(loss: Loss, sample: Sample, batch_size: int, context: RunContext) -> float:
    noise = generator(context, "validation")
    total = torch.zeros((), device=sample.weights.device, dtype=torch.float64)
    with torch.no_grad():
        for start in range(0, len(sample), batch_size):
            chosen = slice(start, start + batch_size)
            total += (loss(tuple(tensor[chosen] for tensor in sample.tensors), noise) * sample.weights[chosen]).sum()
    return float(total) / len(sample)


def _with_mean_weight_one(sample: Sample, name: str) -> Sample:
    mean = float(sample.weights.double().mean()) if len(sample) else 0.0
    if not mean > 0:
        msg = f"cannot fit {len(sample)} {name} events of mean weight {mean:g}: it has to be positive"
        raise DetectorError(msg)
    return replace(sample, weights=sample.weights / mean)


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
