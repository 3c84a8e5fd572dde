"""The fitting loop: Adam on seeded batches, event weights, early stopping on background."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor, nn

from adbench.api.context import RunContext
from adbench.api.errors import DetectorError
from adbench.torchkit.averaging import Average
from adbench.torchkit.engine import Alone, Engine, Loss
from adbench.torchkit.samples import AnySample
from adbench.torchkit.seeding import generator

__all__ = ["FitSettings", "History", "fit", "for_few_events", "minimise"]

_LEAST_STEPS_OF_EPOCH = 12
_LEAST_BATCH = 32  # events


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How to fit.

    Attributes:
        epochs: passes over the training events, at most.
        batch_size: events per step, at most: an epoch is cut into equal parts, so that none is left with one event.
        learning_rate: of Adam.
        patience: epochs without a better validation loss after which to stop; 0 = never stop early.
        noise: standard normal numbers of each event that the loss gets as one more tensor, (batch, noise), behind
            those of the sample; they do not depend on how many devices share a batch.
        decay: whether the learning rate falls to zero over the epochs, as half a cosine (arXiv:1608.03983), after a
            rise over the first twentieth.
        average: decay per step of a running mean of the weights (arXiv:1412.6980, section 7.2), which validation sees
            and the network is left with; 0 = the weights themselves.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    patience: int = 0
    noise: int = 0
    decay: bool = False
    average: float = 0.0


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
    network: nn.Module, loss: Loss, train: AnySample, validation: AnySample, settings: FitSettings, context: RunContext
) -> History:
    """Minimise the weighted mean of a per-event loss; leave the network in its best state.

    Best is the epoch of the lowest validation loss, or the last one where there are no validation events.
    Validation draws the same random numbers in every epoch, so that epochs can be compared.

    Where the run has several devices, each takes its part of every batch; where it has several devices or a precision
    of its own, network and loss are pickled, so the loss is then a function of a module, a `functools.partial` or a
    method, and `lightning-fabric` is imported. With several devices the fit is, up to rounding, that of one device if
    the loss of an event does not depend on the others in its batch and its randomness is `FitSettings.noise`.

    Args:
        network: its parameters are fitted; it is on the device already.
        loss: gets a batch of the sample's tensors and a CPU generator for its own randomness;
            returns one number per event, shape (batch,). The generator is another one on each device.
        train: background to learn from; see `adbench.torchkit.sample_of`.
        validation: background for early stopping; may be empty.
        settings: epochs, batches, learning rate, patience.
        context: seed, progress, deadline, devices and precision of the run.

    Raises:
        DetectorError: no training events, weights without a positive sum, a loss that is not finite
            (names the epoch), or a deadline that has passed.
        MissingError: fewer devices here than the run asks for, or no `lightning-fabric`.
        UsageError: a precision that the device does not have.
    """
    train = _with_mean_weight_one(train, "training")
    validation = _with_mean_weight_one(validation, "validation") if len(validation) else validation
    if context.devices == 1 and context.precision == "32-true":
        return minimise(Alone(), network, loss, train, validation, settings, context)
    from adbench.torchkit.parallel import fit_through_fabric

    return fit_through_fabric(network, loss, train, validation, settings, context)


def for_few_events(settings: FitSettings, n: int, least_steps: int) -> FitSettings:
    """Return settings under which a small sample is seen more often and in smaller batches; large ones keep theirs.

    An epoch makes at least 12 steps as long as batches hold 32 events.

    Args:
        settings: made for large samples.
        n: training events.
        least_steps: steps that a fit makes at least; 0 leaves the settings as they are.
    """
    if not least_steps:
        return settings
    batch = min(settings.batch_size, max(_LEAST_BATCH, n // _LEAST_STEPS_OF_EPOCH))
    epochs = max(settings.epochs, math.ceil(least_steps / max(math.ceil(n / batch), 1)))
    return replace(settings, batch_size=batch, epochs=epochs)


def minimise(
    engine: Engine,
    network: nn.Module,
    loss: Loss,
    train: AnySample,
    validation: AnySample,
    settings: FitSettings,
    context: RunContext,
) -> History:
    """Do the epochs of `fit` on one device, or one device's part of them; the weights have mean one already."""
    adam = torch.optim.Adam(network.parameters(), lr=settings.learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, partial(_rate, settings, _steps(len(train), settings)))
    loss, optimiser = engine.set_up(network, loss, adam)
    average = Average(network, settings.average)
    batches = _Batches(engine, loss, settings, schedule, average, context)
    stream = generator(context, "fit")
    own = stream if engine.ranks == 1 else generator(context, "fit", str(engine.rank))
    history, best_state = History(), _copy(network)
    for epoch in range(1, settings.epochs + 1):
        network.train()
        figures = {"loss": batches.train(train, optimiser, stream, own, epoch)}
        average.enter()
        if len(validation):
            network.eval()
            figures["val"] = batches.mean_loss(validation)
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
        average.leave()
    network.load_state_dict(best_state)
    network.eval()
    return history


@dataclass(frozen=True, slots=True)
class _Batches:
    """What this device does with its part of each batch."""

    engine: Engine
    loss: Loss
    settings: FitSettings
    schedule: torch.optim.lr_scheduler.LRScheduler
    average: Average
    context: RunContext

    def train(
        self,
        sample: AnySample,
        optimiser: torch.optim.Optimizer,
        stream: torch.Generator,
        own: torch.Generator,
        epoch: int,
    ) -> float:
        """Make one pass with a step per batch; return the mean loss."""
        order = torch.randperm(len(sample), generator=stream).to(sample.weights.device)
        total = torch.zeros((), device=order.device, dtype=torch.float64)
        for chosen in order.tensor_split(_steps(len(order), self.settings)):
            if self.context.seconds_left() <= 0:
                msg = f"the deadline passed in epoch {epoch} of {self.settings.epochs}; "
                raise DetectorError(msg + "a longer limit or fewer epochs may help")
            losses = self._losses(sample, chosen, stream, own)
            optimiser.zero_grad(set_to_none=True)
            self.engine.backward(losses.sum() * self.engine.ranks / len(chosen))  # the engine averages over ranks
            optimiser.step()
            self.schedule.step()
            self.average.update()
            total += losses.detach().sum()
        return float(self.engine.total(total)) / len(sample)

    def mean_loss(self, sample: AnySample) -> float:
        """Return the mean loss without learning from it."""
        stream = generator(self.context, "validation")
        own = stream if self.engine.ranks == 1 else generator(self.context, "validation", str(self.engine.rank))
        positions = torch.arange(len(sample), device=sample.weights.device)
        total = torch.zeros((), device=positions.device, dtype=torch.float64)
        with torch.no_grad():
            for chosen in torch.split(positions, self.settings.batch_size):
                total += self._losses(sample, chosen, stream, own).sum()
        return float(self.engine.total(total)) / len(sample)

    def _losses(self, sample: AnySample, chosen: Tensor, stream: torch.Generator, own: torch.Generator) -> Tensor:
        """Return the weighted losses of this device's part of a batch."""
        part = slice(self.engine.rank, None, self.engine.ranks)
        mine, weights = chosen[part], sample.weights[chosen[part]]
        noise = torch.randn(len(chosen), self.settings.noise, generator=stream)[part].to(chosen.device)
        if not len(mine):  # every device has to take every step: one without events repeats one that does not count
            mine, weights = chosen[:1], sample.weights.new_zeros(1)
            noise = noise.new_zeros(1, self.settings.noise)
        tensors = sample.take(mine)
        losses = self.loss((*tensors, noise) if self.settings.noise else tensors, own)
        if losses.shape != weights.shape:  # a column or a mean would be multiplied with all weights of the batch
            msg = f"a loss is one number for each event, shape ({len(mine)},); this one gave {tuple(losses.shape)}"
            raise DetectorError(msg)
        return losses * weights


def _steps(n: int, settings: FitSettings) -> int:
    return math.ceil(n / settings.batch_size)


def _rate(settings: FitSettings, steps: int, done: int) -> float:
    """Return the learning rate of a step as a share of the largest one."""
    if not settings.decay:
        return 1.0
    share = (done + 1) / (settings.epochs * steps + 1)
    return min(1.0, 20 * share) * 0.5 * (1 + math.cos(math.pi * share))


def _with_mean_weight_one(sample: AnySample, name: str) -> AnySample:
    mean = float(sample.weights.double().mean()) if len(sample) else 0.0
    if not mean > 0:
        msg = f"cannot fit {len(sample)} {name} events of mean weight {mean:g}: it has to be positive"
        raise DetectorError(msg)
    return replace(sample, weights=sample.weights / mean)


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
