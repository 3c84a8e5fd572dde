"""p(event | z) in three factors: numbers of objects, MET given these, and each object given these and MET.

Given z, the objects of a kind are independent draws from one mixture, so the likelihood of the set does not depend
on their order. Mixtures are normalised in the coordinates of `EventSet`, standardised; azimuth is periodic.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from adbench_flow_vae.set_vae.inputs import KINDS, EventSet

__all__ = ["LogLikelihood", "SetDecoder", "log_count", "log_normal", "log_von_mises"]

_MOST = 15  # above, each further object of a kind halves the probability
_MET_COMPONENTS = 8
_NARROWEST = 0.03  # of a Gaussian, in standard deviations of the training sample
_JETS = tuple(KINDS.index(name) + 1 for name in ("j", "b"))  # the kinds with a mass of their own


class LogLikelihood(NamedTuple):
    """The three factors, in nats, (B,) each; those of objects are summed over the objects.

    Attributes:
        numbers: log P(numbers | z).
        met: log p(log MET | numbers, z).
        objects: sum_i log p(object i | its kind, numbers, MET, z).
    """

    numbers: Tensor
    met: Tensor
    objects: Tensor

    @property
    def total(self) -> Tensor:
        """log p(event | z), (B,)."""
        return self.numbers + self.met + self.objects


class SetDecoder(nn.Module):
    """The likelihood of events at points of the latent space.

    Args:
        width: of the encoder; hidden layers here are twice as wide.
        latent: dimensions of the latent space.
        components: of the mixture of each kind of object.
    """

    def __init__(self, width: int, latent: int, components: int) -> None:
        super().__init__()
        kinds, hidden = len(KINDS), 2 * width
        self.components = components
        self.numbers = _dense(latent, hidden, kinds * (_MOST + 1))
        self.met = _dense(latent + kinds, hidden, 3 * _MET_COMPONENTS)
        self.objects = _dense(latent + kinds + 1, hidden, kinds * components * 9)

    def forward(self, z: Tensor, events: EventSet) -> LogLikelihood:
        """Return the factors of standardised events at z, (B, latent)."""
        known = torch.cat([z, events.numbers / 3], dim=1)
        met = events.log_met[:, None]
        numbers = log_count(self.numbers(z).view(len(z), len(KINDS), -1), events.numbers).sum(1)
        weight, mean, width = self.met(known).view(len(z), 3, _MET_COMPONENTS).unbind(1)
        of_met = torch.logsumexp(weight.log_softmax(1) + log_normal(met, mean, width), dim=1)
        objects = self.objects(torch.cat([known, met], dim=1)).view(len(z), len(KINDS), -1)
        present = events.kind > 0
        return LogLikelihood(numbers, of_met, (self._each(objects, events) * present).sum(1))

    def _each(self, mixtures: Tensor, events: EventSet) -> Tensor:
        """Return log p of the object in each slot, (B, SLOTS), from the mixtures of all kinds, (B, 7, n)."""
        which = (events.kind.clamp(min=1) - 1)[..., None].expand(-1, -1, mixtures.shape[2])
        own = mixtures.gather(1, which).view(*events.kind.shape, self.components, 9)
        weight, pt, pt_width, eta, eta_width, east, north, mass, mass_width = own.unbind(3)
        massive = torch.isin(events.kind, torch.tensor(_JETS, device=own.device))
        log_p = (
            log_normal(events.log_pt[..., None], pt, pt_width)
            + log_normal(events.eta[..., None], 2 * eta, eta_width)
            + log_von_mises(events.phi[..., None], east, north)
            + log_normal(events.log_mass[..., None], mass, mass_width) * massive[..., None]
        )
        return torch.logsumexp(weight.log_softmax(2) + log_p, dim=2)


def log_count(logits: Tensor, number: Tensor) -> Tensor:
    """Return log P(number) with a probability for each number below the last and a geometric tail behind it.

    Args:
        logits: (..., most + 1).
        number: (...), from 0.
    """
    most = logits.shape[-1] - 1
    capped = number.clamp(max=most).long()[..., None]
    tail = (number >= most) * (number - most + 1) * math.log(0.5)
    below: Tensor = logits.log_softmax(-1).gather(-1, capped)[..., 0]
    return below + tail


def log_normal(x: Tensor, mean: Tensor, raw_width: Tensor) -> Tensor:
    """Return log N(x; mean, width) with width = softplus(raw_width) + a smallest one."""
    width = nn.functional.softplus(raw_width) + _NARROWEST
    return -0.5 * ((x - mean) / width) ** 2 - width.log() - 0.5 * math.log(2 * math.pi)


def log_von_mises(phi: Tensor, east: Tensor, north: Tensor) -> Tensor:
    """Return the log-density on the circle, exp(east cos phi + north sin phi) / (2 pi I0(|(east, north)|))."""
    concentration = (east**2 + north**2 + 1e-6).sqrt()
    bessel = torch.special.i0e(concentration).log() + concentration
    log_p: Tensor = east * phi.cos() + north * phi.sin() - bessel - math.log(2 * math.pi)
    return log_p


def _dense(n_in: int, hidden: int, n_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(n_in, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, n_out)
    )
