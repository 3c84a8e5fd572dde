"""The training of ALAD: a step of the discriminators, a step of generator and encoder, and a mean of the weights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from adbench import torchkit
from adbench.api import DetectorError, RunContext
from adbench_deep_baselines.params import AladParams

if TYPE_CHECKING:
    from adbench_deep_baselines.alad import AladNetwork

__all__ = ["duel"]

_BETAS = (0.5, 0.999)  # of Adam, in the public code
State = dict[str, Tensor]


def duel(
    network: AladNetwork,
    train: torchkit.Sample,
    validation: torchkit.Sample,
    params: AladParams,
    context: RunContext,
) -> list[float]:
    """Train; leave the network with the mean weights of the epoch that gives validation background back best.

    A game has no loss that falls. The public code stops on the reconstruction of background, and so is chosen here;
    without validation events the last epoch is kept.

    Returns:
        The mean L1 error of validation background after each epoch; empty without validation events.

    Raises:
        DetectorError: a loss is not finite (names the epoch), or the deadline has passed.
    """
    judges = torch.optim.Adam(network.judges(), lr=params.learning_rate, betas=_BETAS)
    makers = torch.optim.Adam(network.makers(), lr=params.learning_rate, betas=_BETAS)
    stream, device = torchkit.generator(context, "duel"), train.weights.device
    (x, _), weights = train.tensors, train.weights / train.weights.mean()
    mean, best, step = _copy(network), _copy(network), 0
    errors: list[float] = []
    for epoch in range(1, params.epochs + 1):
        network.train()
        sums = torch.zeros(2, device=device, dtype=torch.float64)
        order = torch.randperm(len(x), generator=stream).to(device)
        batches = order.tensor_split(math.ceil(len(order) / params.batch_size))
        for chosen in batches:
            if context.seconds_left() <= 0:
                msg = f"the deadline passed in epoch {epoch} of {params.epochs}; "
                raise DetectorError(msg + "a longer limit or fewer epochs may help")
            z = torch.randn(len(chosen), network.latent, generator=stream).to(device)
            for side, (loss, adam) in enumerate(((network.judging_loss, judges), (network.making_loss, makers))):
                adam.zero_grad(set_to_none=True)
                value = loss(x[chosen], z, weights[chosen], stream)
                torch.autograd.backward(value)
                adam.step()
                sums[side] += value.detach() / len(batches)
            step += 1
            _follow(mean, network, torchkit.early_decay(params.average, step))
        figures = {"judging": float(sums[0]), "making": float(sums[1])}
        if len(validation):
            figures["val"] = _error(network, mean, validation)
        for name, figure in figures.items():
            if not math.isfinite(figure):
                msg = f"{name} is {figure} in epoch {epoch} of {params.epochs}; "
                raise DetectorError(msg + f"a learning rate below {params.learning_rate:g} may help")
        context.progress("fit", epoch, params.epochs, **figures)
        if "val" not in figures or figures["val"] < min(errors, default=math.inf):
            best = {name: tensor.clone() for name, tensor in mean.items()}
        errors += [figures["val"]] if "val" in figures else []
    network.load_state_dict(best)
    return errors


@torch.no_grad()
def _follow(mean: State, network: AladNetwork, decay: float) -> None:
    """Move the running mean a step towards the network; directions of spectral norms are taken as they are."""
    for name, tensor in network.state_dict().items():
        weight = 0.0 if name.endswith(("._u", "._v")) else decay
        mean[name].mul_(weight).add_(tensor, alpha=1 - weight)


@torch.no_grad()
def _error(network: AladNetwork, mean: State, sample: torchkit.Sample) -> float:
    """Return the weighted mean L1 error with the mean weights; the network is left as it was."""
    now = _copy(network)
    network.load_state_dict(mean)
    network.eval()
    errors = torch.cat([network.scores(part)["l1"] for part in torch.split(sample.tensors[0], 4096)])
    network.load_state_dict(now)
    return float((errors * sample.weights).sum() / sample.weights.sum())


def _copy(network: AladNetwork) -> State:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
