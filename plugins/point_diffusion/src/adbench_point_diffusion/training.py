"""From background events to a fitted `PointDiffusion`."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from adbench import torchkit
from adbench.api import Events, RunContext
from adbench_point_diffusion.model import PointDiffusion
from adbench_point_diffusion.params import DiffusionParams
from adbench_point_diffusion.schedule import END, LOG_SNR, angle_of_log_snr, noised, velocity_of
from adbench_point_diffusion.view import View

__all__ = ["train_diffusion"]

_DRAWS = 8  # noises of an event's numbers in each step: their network is small


def train_diffusion(
    params: DiffusionParams, train: Events, validation: Events, context: RunContext
) -> tuple[PointDiffusion, torchkit.History]:
    """Return both models in the averaged state of their best epoch, and how the fit went.

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
        model = PointDiffusion(params, View.of(train.schema, params))
    model.learn(train)
    model.to(device)
    view = model.view
    settings = torchkit.FitSettings(
        params.epochs,
        params.batch_size,
        params.learning_rate,
        params.patience,
        noise=_DRAWS * (len(view.event) + 2) + view.slots * len(view.each) + 1,
        decay=True,
        average=params.average,
    )
    settings = torchkit.for_few_events(settings, len(train), params.least_steps)
    learned, held_out = (torchkit.sample_of(events, view.tables, device) for events in (train, validation))
    history = torchkit.fit(model, partial(_loss, model), learned, held_out, settings, context)
    model.requires_grad_(False)  # a trace needs gradients by its numbers alone
    return model, history


def _loss(model: PointDiffusion, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    """Return the loss of each event, (B,): that of its numbers and that of its objects, which share no weights."""
    numbers, objects, there, kinds, noise = batch
    width = _DRAWS * (len(model.view.event) + 2)
    of_event = noise[:, :width].reshape(len(noise), _DRAWS, -1)
    return _event_loss(model, numbers, of_event) + _object_loss(model, numbers, objects, there, kinds, noise[:, width:])


def _event_loss(model: PointDiffusion, numbers: Tensor, noise: Tensor) -> Tensor:
    """Return the mean over draws; noise is (B, draws, E + 2), its last two for the angle and the count."""
    drawn = numbers[:, None, :].repeat(1, noise.shape[1], 1)
    if model.params.dequantise:
        drawn[..., model.view.count] += torch.special.ndtr(noise[..., -1]) - 0.5
    x = model.number_scale(drawn).flatten(0, 1)
    angle, weight = _angles(torch.special.ndtr(noise[..., -2].flatten()), model.params.objective)
    eps = noise[..., :-2].flatten(0, 1)
    wanted = velocity_of(x, eps, angle[:, None])
    found = model.event_network(noised(x, eps, angle[:, None]), angle)
    loss: Tensor = (weight * (found - wanted).square().mean(1)).view(noise.shape[:2]).mean(1)
    return loss


def _object_loss(
    model: PointDiffusion, numbers: Tensor, objects: Tensor, there: Tensor, kinds: Tensor, noise: Tensor
) -> Tensor:
    """Return squared errors summed over what is there and divided by the numbers of a full event, as in the code."""
    # Slots that no event of the batch fills are left out.
    full, most = there.shape, max(int((kinds > 0).sum(1).max()), 1)
    objects, there, kinds = objects[:, :most], there[:, :most], kinds[:, :most]
    x = (model.object_scale(objects) * there).flatten(1)
    angle, weight = _angles(torch.special.ndtr(noise[:, -1]), model.params.objective)
    eps = (noise[:, :-1].reshape(full)[:, :most] * there).flatten(1)
    wanted = velocity_of(x, eps, angle[:, None])
    velocity = model.object_velocity(model.number_scale(numbers), there, kinds)
    found = velocity(noised(x, eps, angle[:, None]), angle)
    loss: Tensor = weight * (found - wanted).square().sum(1) / (full[1] * full[2])
    return loss


def _angles(uniform: Tensor, objective: str) -> tuple[Tensor, Tensor]:
    """Return angles and weights of the velocity's squared error, (B,) each.

    For maximum likelihood the angle is drawn with a uniform log SNR, and the error is that of the noise, which is
    cos(angle) times that of the velocity (arXiv:2306.03933, section 3; arXiv:2101.09258, section 4).
    """
    if objective == "velocity":
        return END * uniform, torch.ones_like(uniform)
    angle = angle_of_log_snr(LOG_SNR * (2 * uniform - 1))
    return angle, angle.cos().square()
