"""A VAE with a flow behind its encoder, one for background and one for each prior.

Source: Park et al., arXiv:2011.03550, section 3. Their loss, "paper", adds mean squared errors and beta (KL in front of
the flow - log |det|): nothing holds the flow's output back, so the flow inflates it, the decoder shrinks it again, and
the loss falls for ever. "elbo" has log p behind the flow in its place, and a lower bound: divided by beta it is that of
-log p(x) for a Gaussian decoder of variance beta / 2, up to a constant.
"""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor, nn

from adbench.torchkit import Standardiser
from adbench_quak.flows import FlowChain
from adbench_quak.params import QuakParams

__all__ = ["NfVae"]

_LOG_VARIANCE = (-10.0, 6.0)


class NfVae(nn.Module):
    """Encoder, flow, decoder, and the scale of the sample that it is trained on.

    Args:
        params: architecture and loss.
        dims: numbers of an event.
    """

    noise: Tensor

    def __init__(self, params: QuakParams, dims: int) -> None:
        super().__init__()
        self.params = params
        self.scale = Standardiser((dims,))
        self.encoder = _dense((dims, *params.widths, 2 * params.latent), params.linear)
        self.flow = FlowChain(params.flow, params.latent, params.flows, params.tied)
        fixed = torch.randn(params.draws, params.latent, generator=torch.Generator().manual_seed(0))
        self.register_buffer("noise", fixed)  # the same for every event: coordinates repeat
        self.decoder = _dense((params.latent, *reversed(params.widths), dims), params.linear)

    def loss(self, x: Tensor, noise: Tensor) -> Tensor:
        """Return the loss of each event, (B,), with one draw of the latent space; x as it is, (B, dims)."""
        x = self.scale(x)
        mu, log_var = self._posterior(x)
        if self.params.loss == "paper":
            moved, log_det = self.flow(mu + (0.5 * log_var).exp() * noise)
            before = 0.5 * (mu**2 + log_var.exp() - 1 - log_var).sum(1)
            published: Tensor = ((self.decoder(moved) - x) ** 2).sum(1) + self.params.beta * (before - log_det)
            return published
        return self._elbo(x, mu, log_var, noise)

    def bound(self, x: Tensor) -> Tensor:
        """Return the importance-weighted bound of -log p(x) in nats, in the units of x, (B,): an event's coordinate.

        Several draws make it tighter than the loss (Burda et al., arXiv:1509.00519, eq. 8). The Jacobian of the
        scaling is in it, so that networks with scales of their own can be compared.
        """
        x = self.scale(x)
        mu, log_var = self._posterior(x)
        terms = torch.stack([self._elbo(x, mu, log_var, noise.expand_as(mu)) for noise in self.noise])
        beta = self.params.beta
        constant = 0.5 * x.shape[1] * math.log(math.pi * beta) + self.scale.deviation.log().sum()
        return constant + math.log(len(terms)) - torch.logsumexp(-terms / beta, 0)

    def mean(self, x: Tensor) -> Tensor:
        """Return the mean of each event's posterior, in front of the flow, (B, latent)."""
        return self._posterior(self.scale(x))[0]

    def error(self, x: Tensor) -> Tensor:
        """Return the mean squared error of each event at the mean of its posterior, (B,): the paper's coordinate."""
        x = self.scale(x)
        mu, _ = self._posterior(x)
        moved, _ = self.flow(mu)
        error: Tensor = ((self.decoder(moved) - x) ** 2).mean(1)
        return error

    def _elbo(self, x: Tensor, mu: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
        moved, log_det = self.flow(mu + (0.5 * log_var).exp() * noise)
        log_q = -0.5 * (noise**2 + log_var + math.log(2 * math.pi)).sum(1) - log_det
        log_p = -0.5 * (moved**2 + math.log(2 * math.pi)).sum(1)
        found: Tensor = ((self.decoder(moved) - x) ** 2).sum(1) + self.params.beta * (log_q - log_p)
        return found

    def _posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mu, log_var = self.encoder(x).chunk(2, dim=1)
        return mu, log_var.clamp(*_LOG_VARIANCE)


def _dense(sizes: tuple[int, ...], linear: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers += [nn.Linear(n_in, n_out)] if linear else [nn.Linear(n_in, n_out), nn.LeakyReLU(0.1)]
    return nn.Sequential(*(layers if linear else layers[:-1]))
