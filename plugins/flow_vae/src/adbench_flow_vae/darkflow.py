"""The networks of the paper's public code, DarkFlow (commit 22a7c27), which differ from those of the paper.

Convolutions without padding and with batch normalisation, a dense layer of 20 in front of the heads and behind
the latent space; in the graph network rows divided by their sums and an output that is never negative. Its Chamfer
distance between transposed views of the rows and its scaler fitted on the signal are errors and not kept.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from adbench_flow_vae.graph import Graph, GraphConvolution
from adbench_flow_vae.posterior import Decoded, Encoder, Posterior, log_variance

__all__ = ["DarkflowConvDecoder", "DarkflowConvEncoder", "DarkflowGcnDecoder", "DarkflowGcnEncoder"]

_HIDDEN = 20
_KERNELS = ((32, (3, 4)), (16, (5, 1)), (8, (7, 1)))
_WIDTHS = (3, 2)
_LOG_VARIANCE = 5.0


class DarkflowConvEncoder(Encoder):
    """Convolutions on 31 rows of objects and one of the missing momentum; MET joins the flattened features.

    Args:
        slots: rows of an event: 32.
        latent: dimensions of the latent space.
    """

    def __init__(self, slots: int, latent: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for n, kernel in _KERNELS:
            layers += [nn.Conv2d(channels, n, kernel), nn.BatchNorm2d(n), nn.ReLU()]
            channels = n
        self.convolutions = nn.Sequential(*layers)
        flat = channels * _rows_left(slots) + 1
        self.dense = nn.Sequential(nn.BatchNorm1d(flat), nn.Linear(flat, _HIDDEN), nn.BatchNorm1d(_HIDDEN), nn.ReLU())
        self.heads = nn.Linear(_HIDDEN, 2 * latent)
        self.hidden_shape = (1, _HIDDEN)

    def forward(self, x: Tensor, further: Tensor, graph: Graph) -> Posterior:
        """Return the posterior of standardised rows, (B, slots, 4), and MET, (B, 1)."""
        image = x[:, None].contiguous(memory_format=torch.channels_last)
        hidden = self.dense(torch.cat([self.convolutions(image).flatten(1), further], dim=1))
        mu, log_var = self.heads(hidden).chunk(2, dim=1)
        return Posterior(mu, log_variance(log_var), hidden[:, None])


class DarkflowConvDecoder(nn.Module):
    """The mirror of the encoder with transposed convolutions; what stands for MET is dropped.

    Args:
        slots: rows of an event: 32.
        latent: dimensions of the latent space.
    """

    def __init__(self, slots: int, latent: int) -> None:
        super().__init__()
        channels, rows = _KERNELS[-1][0], _rows_left(slots)
        self.shape = (channels, rows, 1)
        flat = channels * rows + 1
        self.dense = nn.Sequential(
            nn.Linear(latent, _HIDDEN), nn.BatchNorm1d(_HIDDEN), nn.ReLU(),
            nn.Linear(_HIDDEN, flat), nn.BatchNorm1d(flat), nn.ReLU(),
        )  # fmt: skip
        layers: list[nn.Module] = []
        for n, kernel in zip((16, 32, 1), (kernel for _, kernel in reversed(_KERNELS)), strict=True):
            layers += [nn.ConvTranspose2d(channels, n, kernel), nn.BatchNorm2d(n), nn.ReLU()]
            channels = n
        self.convolutions = nn.Sequential(*layers[:-2])  # the last one is linear

    def forward(self, z: Tensor, graph: Graph) -> Decoded:
        """Return the reconstructed rows of points of the latent space, (B, latent)."""
        dense: Tensor = self.dense(z)
        image = dense[:, :-1].view(-1, *self.shape).contiguous(memory_format=torch.channels_last)
        return Decoded(self.convolutions(image)[:, 0], dense[:, :0])


class DarkflowGcnEncoder(Encoder):
    """Graph convolutions 5-3-2 on rows that were divided by their sums, then dense layers of 20 and to the heads.

    Args:
        slots: rows of an event: 31.
        columns: of a row: 5.
        latent: dimensions of the latent space.
    """

    def __init__(self, slots: int, columns: int, latent: int) -> None:
        super().__init__()
        first, second = _WIDTHS
        self.convolutions = nn.ModuleList([GraphConvolution(columns, first), GraphConvolution(first, second)])
        self.dense = nn.Linear(slots * second, _HIDDEN)
        self.heads = nn.Linear(_HIDDEN, 2 * latent)
        self.hidden_shape = (1, _HIDDEN)

    def forward(self, x: Tensor, further: Tensor, graph: Graph) -> Posterior:
        """Return the posterior of standardised objects, (B, slots, 5)."""
        x = _by_their_sums(x)
        for convolution in self.convolutions:
            x = convolution(x, graph).relu()
        hidden = self.dense(_every_slot(x, self.dense.in_features).flatten(1)).relu()
        mu, log_var = self.heads(hidden).chunk(2, dim=1)
        return Posterior(mu, log_variance(log_var, _LOG_VARIANCE), hidden[:, None])


class DarkflowGcnDecoder(nn.Module):
    """The mirror of the encoder; its output has a ReLU, though standardised objects are negative half the time.

    Args:
        slots: rows of an event: 31.
        columns: of a row: 5.
        latent: dimensions of the latent space.
    """

    def __init__(self, slots: int, columns: int, latent: int) -> None:
        super().__init__()
        first, second = _WIDTHS
        self.shape = (slots, second)
        self.dense = nn.Sequential(nn.Linear(latent, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, slots * second), nn.ReLU())
        self.convolutions = nn.ModuleList([GraphConvolution(second, first), GraphConvolution(first, columns)])

    def forward(self, z: Tensor, graph: Graph) -> Decoded:
        """Return the reconstructed objects of points of the latent space, (B, latent)."""
        y = self.dense(z).view(-1, *self.shape)
        for convolution in self.convolutions:
            y = convolution(y, graph).relu()
        return Decoded(y, z[:, :0])


def _rows_left(slots: int) -> int:
    return slots - sum(kernel[0] - 1 for _, kernel in _KERNELS)


def _by_their_sums(x: Tensor) -> Tensor:
    """Divide each row by its sum, away from 0: the public code divides by anything, and empty rows are not 0 here."""
    total = x.sum(2, keepdim=True)
    tiny = 1e-6
    return x / torch.where(total.abs() < tiny, torch.full_like(total, tiny).copysign(total), total)


def _every_slot(x: Tensor, flat: int) -> Tensor:
    return x if x.shape[1] * x.shape[2] == flat else x.expand(-1, flat // x.shape[2], -1)
