"""Attention over the objects of an event; how two objects lie to each other enters as a bias."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from adbench_flow_vae.set_vae.inputs import KINDS, EventSet

__all__ = ["SetEncoder"]

_FAR = -1e9  # an attention weight of exactly 0 in float32
_LOG_VARIANCE = (-12.0, 4.0)


class SetEncoder(nn.Module):
    """Gives an event's set of objects a Gaussian in the latent space.

    The order of the objects and what stands in empty slots do not matter.

    Args:
        width: features of an object.
        heads: of each attention.
        blocks: attention blocks.
        latent: dimensions of the latent space.
    """

    def __init__(self, width: int, heads: int, blocks: int, latent: int) -> None:
        super().__init__()
        self.first = nn.Linear(5 + len(KINDS) + 1, width)
        self.blocks = nn.ModuleList(_Block(width, heads) for _ in range(blocks))
        self.pooled = nn.Linear(2 * width + len(KINDS) + 1, 2 * width)
        self.heads = nn.Linear(2 * width, 2 * latent)

    def forward(self, events: EventSet) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance, (B, latent) each, of standardised events."""
        present = events.kind > 0
        kinds = nn.functional.one_hot(events.kind, len(KINDS) + 1)[..., 1:].to(events.eta.dtype)
        met = events.log_met[:, None]
        single = (events.log_pt, events.eta, events.phi.cos(), events.phi.sin(), events.log_mass)
        features = torch.stack([*single, met.expand_as(events.eta)], dim=2)
        h = self.first(torch.cat([features, kinds], dim=2) * present[..., None])
        pairs = _pairs(events)
        for block in self.blocks:
            h = block(h, pairs, present)
        there = present[..., None]
        mean = (h * there).sum(1) / there.sum(1).clamp(min=1)
        largest = torch.where(there.any(1), h.masked_fill(~there, _FAR).amax(1), 0.0)
        pooled = torch.cat([mean, largest, events.numbers / 5, met], dim=1)
        mu, log_var = self.heads(nn.functional.gelu(self.pooled(pooled))).chunk(2, dim=1)
        return mu, log_var.clamp(*_LOG_VARIANCE)


class _Block(nn.Module):
    """Attention and a dense layer, each on normalised features and added to them (arXiv:2002.04745)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.n_heads = heads
        self.norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.pairs = nn.Linear(4, heads)
        self.out = nn.Linear(width, width)
        self.dense = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, h: Tensor, pairs: Tensor, present: Tensor) -> Tensor:
        """Return (B, N, width) for h of that shape, pairs (B, N, N, 4) and bool present (B, N)."""
        b, n, width = h.shape
        split = self.query_key_value(self.norm(h)).view(b, n, 3, self.n_heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        logits = query @ key.mT / math.sqrt(width / self.n_heads) + self.pairs(pairs).permute(0, 3, 1, 2)
        weights = logits.masked_fill(~present[:, None, None, :], _FAR).softmax(3)
        h = h + self.out((weights @ value).transpose(1, 2).reshape(b, n, width))
        result: Tensor = h + self.dense(h)
        return result


def _pairs(events: EventSet) -> Tensor:
    """Return (B, N, N, 4): log m^2 / (pT pT'), cos(phi - phi'), |eta - eta'| and the sum of log pT."""
    delta_eta = events.eta[:, :, None] - events.eta[:, None, :]
    delta_phi = events.phi[:, :, None] - events.phi[:, None, :]
    mass = 2 * (delta_eta.clamp(-6, 6).cosh() - delta_phi.cos())  # of two massless objects
    sum_pt = events.log_pt[:, :, None] + events.log_pt[:, None, :]
    return torch.stack([mass.clamp(min=1e-6).log(), delta_phi.cos(), delta_eta.abs(), sum_pt], dim=3)
