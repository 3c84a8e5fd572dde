"""Convolutional encoder and decoder (Jawahar et al., arXiv:2110.08508, section 3): an event is an image of its rows."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from adbench_flow_vae.graph import Graph
from adbench_flow_vae.posterior import Decoded, Encoder, Posterior, log_variance

__all__ = ["ConvDecoder", "ConvEncoder"]

_KERNELS = ((32, (3, 4)), (16, (5, 1)), (8, (7, 1)))  # channels and (rows, columns), stride 1, same size behind each

_FLOW_FEATURES = 20
"""Features that flows make their parameters from. The paper does not say where its flows read; the public code has
a dense layer of 20 there. All 1,248 flattened features would make the maps ten times as large as the network."""


class ConvEncoder(Encoder):
    """Three convolutions with ReLU, flattened, and one dense layer for mean and log-variance.

    Args:
        slots: rows of an event.
        columns: of a row.
        latent: dimensions of the latent space.
        further: numbers that join the flattened features in front of the dense layer.
        flow: whether a flow reads from this encoder.
    """

    def __init__(self, slots: int, columns: int, latent: int, further: int = 0, *, flow: bool = False) -> None:
        super().__init__()
        channels = [1, *(n for n, _ in _KERNELS)]
        self.convolutions = nn.ModuleList(
            _SameConvolution(n_in, n_out, kernel) for n_in, (n_out, kernel) in zip(channels[:-1], _KERNELS, strict=True)
        )
        flat = channels[-1] * slots * columns + further
        self.heads = nn.Linear(flat, 2 * latent)
        self.flow_features = nn.Linear(flat, _FLOW_FEATURES) if flow else None
        self.hidden_shape = (1, _FLOW_FEATURES if flow else 0)

    def forward(self, x: Tensor, further: Tensor, graph: Graph) -> Posterior:
        """Return the posterior of standardised objects, (B, slots, columns), and further numbers, (B, further)."""
        y = _rows_last(x[:, None])
        for convolution in self.convolutions[:-1]:
            y = convolution(y).relu()
        features = _image(self.convolutions[-1](y)).flatten(1).relu()
        flat = torch.cat([features, further], dim=1)
        mu, log_var = self.heads(flat).chunk(2, dim=1)
        hidden = flat[:, None, :0] if self.flow_features is None else self.flow_features(flat).relu()[:, None]
        return Posterior(mu, log_variance(log_var), hidden)


class ConvDecoder(nn.Module):
    """The mirror of the encoder: a dense layer to the image, then convolutions; the last one is linear.

    Args:
        slots: rows of an event.
        columns: of a row.
        latent: dimensions of the latent space.
        high_level: high-level features that the dense layer reconstructs beside the image.
    """

    def __init__(self, slots: int, columns: int, latent: int, high_level: int = 0) -> None:
        super().__init__()
        channels = [1, *(n for n, _ in _KERNELS)]
        self.shape = (channels[-1], slots, columns)
        self.dense = nn.Linear(latent, channels[-1] * slots * columns + high_level)
        self.convolutions = nn.ModuleList(
            _SameConvolution(n_in, n_out, kernel)
            for n_in, n_out, (_, kernel) in zip(channels[:0:-1], channels[-2::-1], _KERNELS[::-1], strict=True)
        )

    def forward(self, z: Tensor, graph: Graph) -> Decoded:
        """Return the reconstruction of points of the latent space, (B, latent)."""
        dense: Tensor = self.dense(z)
        n = self.shape[0] * self.shape[1] * self.shape[2]
        y = _rows_last(dense[:, :n].view(-1, *self.shape)).relu()
        for convolution in self.convolutions[:-1]:
            y = convolution(y).relu()
        return Decoded(_image(self.convolutions[-1](y))[:, 0], dense[:, n:])


class _SameConvolution(nn.Module):
    """A convolution that keeps the size; an even kernel sees one more zero behind than in front, as in TensorFlow.

    It is worked out in one dimension, along the rows: an image has few columns, and so a core trains a fifth faster and
    scores a quarter faster than with convolutions in two. Columns are images of their own where the kernel has one,
    and channels elsewhere.

    Args:
        n_in: channels of the image.
        n_out: channels of the result.
        kernel: rows, an odd number, and columns.
    """

    def __init__(self, n_in: int, n_out: int, kernel: tuple[int, int]) -> None:
        super().__init__()
        self.n_in, self.n_out, self.kernel = n_in, n_out, kernel
        self.weight, self.bias = nn.Conv2d(n_in, n_out, kernel).parameters()  # torch's own initialisation

    def forward(self, image: Tensor) -> Tensor:
        """Return (B, columns, n_out, rows) for (B, columns, n_in, rows)."""
        _, columns, _, rows = image.shape
        bias: Tensor = self.bias
        if self.kernel[1] == 1:
            lines, weight = image.flatten(0, 1), self.weight[..., 0]
        else:
            lines, weight, bias = image.flatten(1, 2), self._between_columns(columns), bias.repeat(columns)
        y = nn.functional.conv1d(lines, weight, bias, padding=self.kernel[0] // 2)
        return y.view(-1, columns, self.n_out, rows)

    def _between_columns(self, columns: int) -> Tensor:
        """Return the weight with columns as channels, (columns n_out, columns n_in, rows of the kernel).

        Output column j sees input column c through column c - j + front of the kernel, where it has such a column.
        """
        front = (self.kernel[1] - 1) // 2
        padded = nn.functional.pad(self.weight, (columns - 1, columns - 1))
        starts = [front - j + columns - 1 for j in range(columns)]
        band = torch.stack([padded[..., start : start + columns] for start in starts])
        band = band.permute(0, 1, 4, 2, 3).contiguous()  # oneDNN answers in the order of the weight
        return band.view(columns * self.n_out, columns * self.n_in, self.kernel[0])


def _rows_last(image: Tensor) -> Tensor:
    """Return (B, columns, n, rows) for (B, n, rows, columns)."""
    return image.permute(0, 3, 1, 2).contiguous()


def _image(rows_last: Tensor) -> Tensor:
    """Return (B, n, rows, columns) for (B, columns, n, rows)."""
    return rows_last.permute(0, 2, 3, 1)
