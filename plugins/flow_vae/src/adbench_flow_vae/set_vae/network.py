"""Scaling, encoder and likelihood as one network, with its loss and the surprises that scores are made of."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from adbench_flow_vae.loss import kl_divergence
from adbench_flow_vae.set_vae.encoder import SetEncoder
from adbench_flow_vae.set_vae.inputs import EventSet, of_tensors
from adbench_flow_vae.set_vae.likelihood import LogLikelihood, SetDecoder
from adbench_flow_vae.set_vae.params import SetVaeParams
from adbench_flow_vae.set_vae.scaling import SetScaling
from adbench_flow_vae.set_vae.tails import Tails

__all__ = ["SetVae"]


class SetVae(nn.Module):
    """The VAE; `tails` is filled behind the training.

    Args:
        params: architecture; the training settings in it are not used here.
    """

    def __init__(self, params: SetVaeParams) -> None:
        super().__init__()
        self.latent = params.latent
        self.scale = SetScaling()
        self.encoder = SetEncoder(params.width, params.heads, params.blocks, params.latent)
        self.decoder = SetDecoder(params.width, params.latent, params.components)
        self.tails = Tails(3)

    def loss(self, objects: Tensor, kinds: Tensor, numbers: Tensor, noise: Tensor) -> Tensor:
        """Return minus the evidence lower bound of each event, (B,), in nats, with one draw of the latent space."""
        events = self.scale(of_tensors(objects, kinds, numbers))
        mu, log_var = self.encoder(events)
        likelihood: LogLikelihood = self.decoder(mu + (0.5 * log_var).exp() * noise, events)
        return kl_divergence(mu, log_var) - likelihood.total

    def surprises(self, events: EventSet) -> tuple[LogLikelihood, Tensor]:
        """Return the likelihood factors at the mean of the posterior, and the divergence from the prior, (B,)."""
        events = self.scale(events)
        mu, log_var = self.encoder(events)
        return self.decoder(mu, events), kl_divergence(mu, log_var)

    def scores(self, objects: Tensor, kinds: Tensor, numbers: Tensor) -> dict[str, Tensor]:
        """Return the scores of each event, (B,) each: see `SetVaeDetector`."""
        likelihood, kl = self.surprises(of_tensors(objects, kinds, numbers))
        parts = components(likelihood, kinds)
        return {
            "fisher": self.tails(parts).sum(1),
            "nll": kl - likelihood.total,
            "per_object": parts.sum(1) + kl,
        }


def components(likelihood: LogLikelihood, kinds: Tensor) -> Tensor:
    """Return (B, 3): -log P(numbers), -log p(MET) and the mean of -log p over the objects seen, in nats."""
    seen = (kinds > 0).sum(1).clamp(min=1)
    return -torch.stack([likelihood.numbers, likelihood.met, likelihood.objects / seen], dim=1)
