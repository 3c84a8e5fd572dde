"""DAGMM: an autoencoder and a Gaussian mixture of its code and errors, trained together (Zong et al., ICLR 2018)."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from adbench import torchkit
from adbench_deep_baselines.detector import DeepDetector, TableNetwork
from adbench_deep_baselines.layers import dense, drop
from adbench_deep_baselines.params import DagmmParams

__all__ = ["Dagmm", "DagmmNetwork", "energies", "estimate"]

_TINY = 1e-12


class DagmmNetwork(TableNetwork):
    """Compression network, estimation network, and the mixture of all training events.

    Attributes:
        shares: float64 (K,), phi of the paper.
        means: float64 (K, latent + 2).
        covariances: float64 (K, latent + 2, latent + 2), with the regularisation on their diagonals.
    """

    shares: Tensor
    means: Tensor
    covariances: Tensor

    def __init__(self, columns: int, params: DagmmParams) -> None:
        super().__init__(columns)
        self.params = params
        widths, d, k = (columns, *params.widths, params.latent), params.latent + 2, params.components
        self.encoder, self.decoder = dense(widths, activation=nn.Tanh), dense(widths[::-1], activation=nn.Tanh)
        self.hidden = nn.Sequential(dense((d, *params.estimation), activation=nn.Tanh), nn.Tanh())
        self.membership = nn.Linear((d, *params.estimation)[-1], k)
        self.register_buffer("shares", torch.full((k,), 1 / k, dtype=torch.float64))
        self.register_buffer("means", torch.zeros(k, d, dtype=torch.float64))
        self.register_buffer("covariances", torch.eye(d, dtype=torch.float64).repeat(k, 1, 1))

    def represent(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return z, (B, latent + 2), and the reconstruction of x.

        z is the code, the relative Euclidean distance |x - x'| / |x| and the cosine of x and x' (section 3.2).
        """
        code = self.encoder(x)
        back = self.decoder(code)
        distance = (x - back).norm(dim=1) / x.norm(dim=1).clamp_min(_TINY)
        cosine = nn.functional.cosine_similarity(x, back, dim=1)
        return torch.cat([code, distance[:, None], cosine[:, None]], dim=1), back

    def memberships(self, z: Tensor, stream: torch.Generator | None = None) -> Tensor:
        """Return gamma, (B, K), equation 2; with dropout where a stream is given."""
        return torch.as_tensor(self.membership(drop(self.hidden(z), self.params.dropout, stream)).softmax(1))

    def losses(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        """Return the terms of equation 7, (B,): the mixture is that of the batch, its penalty in each term."""
        x, weights = batch
        p, (z, back) = self.params, self.represent(x)
        mixture = estimate(z, self.memberships(z, stream if self.training else None), weights, p.regularisation)
        penalty = (1 / mixture[2].diagonal(dim1=1, dim2=2)).sum()
        losses = ((x - back) ** 2).sum(1) + p.lambda_energy * energies(z, *mixture) + p.lambda_covariance * penalty
        return losses.to(x.dtype)

    @torch.no_grad()
    def settle(self, sample: torchkit.Sample) -> None:
        """Make the mixture of all events of a sample the one that scores."""
        parts = [self.represent(x)[0] for x in torch.split(sample.tensors[0], 4096)]
        gamma = torch.cat([self.memberships(z) for z in parts])
        mixture = estimate(torch.cat(parts), gamma, sample.weights, self.params.regularisation)
        for buffer, value in zip((self.shares, self.means, self.covariances), mixture, strict=True):
            buffer.copy_(value)

    def scores(self, x: Tensor) -> dict[str, Tensor]:
        """Return the energy of each event under the mixture of training events."""
        return {"energy": energies(self.represent(x)[0], self.shares, self.means, self.covariances)}


class Dagmm(DeepDetector):
    """Score: ``energy``, minus the log density of code and errors under the mixture of background (equation 6)."""

    Params = DagmmParams
    SCORES = ("energy",)

    def build(self, columns: int) -> DagmmNetwork:
        """Return a new network."""
        return DagmmNetwork(columns, self.params)

    def train(self, network: Any, train: torchkit.Sample, validation: torchkit.Sample) -> None:
        """Minimise equation 7, then fix the mixture."""
        p = self.params
        settings = torchkit.FitSettings(p.epochs, p.batch_size, p.learning_rate, p.patience)
        torchkit.fit(network, network.losses, train, validation, settings, self.context)
        network.settle(train)


def estimate(z: Tensor, gamma: Tensor, weights: Tensor, regularisation: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return shares (K,), means (K, d) and covariances (K, d, d) of a mixture, in float64: equation 5 with weights.

    Args:
        z: (B, d).
        gamma: (B, K), memberships.
        weights: (B,), event weights.
        regularisation: added to each variance.
    """
    z, gamma = z.double(), gamma.double() * weights.double()[:, None]
    total = gamma.sum(0)
    share_of_each = gamma / total.clamp_min(_TINY)
    means = share_of_each.T @ z
    centred = z[:, None] - means
    covariances = torch.einsum("bk,bki,bkj->kij", share_of_each, centred, centred)
    unit = torch.eye(z.shape[1], dtype=z.dtype, device=z.device)
    return total / total.sum(), means, covariances + regularisation * unit


def energies(z: Tensor, shares: Tensor, means: Tensor, covariances: Tensor) -> Tensor:
    """Return E(z) = -log sum_k phi_k N(z; mu_k, Sigma_k), float64 (B,): equation 6."""
    z = z.double()
    triangles, fault = torch.linalg.cholesky_ex(covariances)
    triangles = torch.where(fault[:, None, None] == 0, triangles, math.nan)  # the fit then names its epoch
    unit = torch.eye(z.shape[1], dtype=z.dtype, device=z.device).expand_as(triangles)
    whitening = torch.linalg.solve_triangular(triangles, unit, upper=False)
    # A sum for each event by itself: a matrix solver would round by the event's place in the batch.
    white = (whitening * (z[:, None] - means)[:, :, None, :]).sum(3)
    log_norm = triangles.diagonal(dim1=1, dim2=2).log().sum(1) + z.shape[1] / 2 * math.log(2 * math.pi)
    return -torch.logsumexp(shares.clamp_min(_TINY).log() - log_norm - (white**2).sum(2) / 2, dim=1)
