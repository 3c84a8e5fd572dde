"""Flows of the latent space between encoder and decoder, each with log |det|.

Masked autoregressive and coupling steps are those of nflows, in the direction that takes one pass. Planar and radial
steps: Rezende and Mohamed, arXiv:1505.05770, equations 10 and 14, with their conditions for invertibility.
"""

from __future__ import annotations

import torch
from nflows.transforms import AffineCouplingTransform, MaskedAffineAutoregressiveTransform
from nflows.utils import create_alternating_binary_mask
from torch import Tensor, nn

__all__ = ["FlowChain", "Planar", "Radial"]

_EDGE = 1e-6
_UNITS = 8  # of the networks that shape a step; paper: 8


class FlowChain(nn.Module):
    """Steps one after the other, the dimensions turned around between them.

    Args:
        kind: ``maf``, ``planar``, ``radial``, ``realnvp`` or ``none``.
        latent: dimensions.
        steps: how many.
        tied: one step, repeated, as in the public code.
    """

    def __init__(self, kind: str, latent: int, steps: int, tied: bool) -> None:
        super().__init__()
        self.repeats = 0 if kind == "none" else steps
        made = [] if kind == "none" else [_step(kind, latent, place) for place in range(1 if tied else steps)]
        self.steps = nn.ModuleList(made)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Return z behind the steps and the sum of their log |det|, (B,)."""
        total = z.new_zeros(len(z))
        for place in range(self.repeats):
            z, log_det = self.steps[place % len(self.steps)](z)
            z, total = z.flip(1), total + log_det
        return z, total


class Planar(nn.Module):
    """z + u tanh(w z + b), with u such that w u > -1."""

    def __init__(self, latent: int) -> None:
        super().__init__()
        self.u, self.w = (nn.Parameter(0.1 * torch.randn(latent)) for _ in range(2))
        self.b = nn.Parameter(torch.zeros(()))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Return the moved points and log |det|."""
        along = self.w @ self.u
        inside = (1 - _EDGE) * (nn.functional.softplus(along) - 1)  # above -1 also where softplus rounds to 0
        u = self.u + (inside - along) * self.w / (self.w @ self.w + 1e-12)
        h = torch.tanh(z @ self.w + self.b)
        return z + h[:, None] * u, torch.log1p((1 - h**2) * inside).reshape(len(z))


class Radial(nn.Module):
    """z + beta (z - z0) / (alpha + |z - z0|), with beta > -alpha."""

    def __init__(self, latent: int) -> None:
        super().__init__()
        self.centre = nn.Parameter(0.1 * torch.randn(latent))
        self.raw_alpha, self.raw_beta = (nn.Parameter(torch.zeros(())) for _ in range(2))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Return the moved points and log |det|."""
        alpha = nn.functional.softplus(self.raw_alpha)
        beta = nn.functional.softplus(self.raw_beta) - alpha
        away = z - self.centre
        r = (away**2).sum(1).add(1e-12).sqrt()
        h = 1 / (alpha + r)
        stretch = 1 + beta * h
        log_det = (z.shape[1] - 1) * stretch.log() + (stretch - beta * r * h**2).log()
        return z + (beta * h)[:, None] * away, log_det


def _step(kind: str, latent: int, place: int) -> nn.Module:
    if kind == "planar":
        return Planar(latent)
    if kind == "radial":
        return Radial(latent)
    if kind == "maf":
        step: nn.Module = MaskedAffineAutoregressiveTransform(
            latent, _UNITS * latent, num_blocks=1, use_residual_blocks=False, activation=torch.tanh
        )
        return step
    return _Coupling(latent, place)


class _Coupling(nn.Module):
    """RealNVP's step (arXiv:1605.08803), by nflows."""

    def __init__(self, latent: int, place: int) -> None:
        super().__init__()

        def network(n_in: int, n_out: int) -> nn.Module:
            return _Network(nn.Linear(n_in, _UNITS * latent), nn.Tanh(), nn.Linear(_UNITS * latent, n_out))

        mask = create_alternating_binary_mask(latent, even=place % 2 == 0)
        self.transform = AffineCouplingTransform(mask, network)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Return the moved points and log |det|."""
        moved, log_det = self.transform(z)
        return moved, log_det


class _Network(nn.Sequential):
    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """Return the layers' output; nflows hands a context over, which is not used."""
        out: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return out
