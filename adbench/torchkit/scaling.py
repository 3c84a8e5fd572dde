"""Standardisation of inputs, fitted on training background and saved with the network."""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench.api.errors import DetectorError

__all__ = ["Moments", "Standardiser"]

_CHUNK = 65_536


class Standardiser(nn.Module):
    """Subtracts the training mean and divides by the training standard deviation, column by column.

    Mean and deviation are buffers: they move to the device and into the saved state with the network
    that holds the standardiser. A column that is constant in training is only shifted.

    Args:
        shape: shape of one event's values.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("deviation", torch.ones(shape))

    def fit(
        self,
        values: NDArray[np.floating[Any]],
        weights: NDArray[np.floating[Any]],
        present: NDArray[np.bool_] | None = None,
    ) -> Self:
        """Learn the weighted mean and standard deviation of each column.

        Args:
            values: (n, *shape), training background.
            weights: (n,), event weights.
            present: bool (n, slots), where values are (n, slots, features): only these objects count, and all
                slots share the mean and deviation of a feature, since a slot that is rarely filled has no
                spread of its own. None: every column counts for itself, empty slots as the zeros they hold.

        Raises:
            DetectorError: there are no events, or their weights do not add up to a positive number.
        """
        moments = Moments()
        for start in range(0, len(values), _CHUNK):
            rows = slice(start, start + _CHUNK)
            moments.add(values[rows], weights[rows], None if present is None else present[rows])
        return self.learn(moments)

    def learn(self, moments: Moments) -> Self:
        """Take mean and standard deviation from moments that were summed over blocks of events.

        Raises:
            DetectorError: there were no events, or their weights do not add up to a positive number.
        """
        if not moments.weight > 0:
            msg = f"cannot standardise {moments.n} training events whose weights add up to {moments.weight:g}"
            raise DetectorError(msg)
        mean, variance = moments.mean, moments.squares / moments.weight
        constant = variance <= (1e-6 * mean) ** 2  # below what float32 input resolves
        deviation = np.where(constant, 1.0, np.sqrt(np.where(constant, 1.0, variance)))
        self.mean.copy_(torch.from_numpy(np.array(mean).reshape(self.mean.shape)))
        self.deviation.copy_(torch.from_numpy(deviation.reshape(self.mean.shape)))
        return self

    def forward(self, values: Tensor) -> Tensor:
        """Return the standardised values; the last axes are those of `shape`."""
        return (values - self.mean) / self.deviation


class Moments:
    """Weighted mean and summed squared deviations of columns, block by block, in float64.

    Source: Chan, Golub, LeVeque, Technical Report STAN-CS-79-773 (1979), eq. 2.1.

    Attributes:
        n: events seen.
        weight: sum of the weights.
        mean: weighted mean of each column.
        squares: sum of w (x - mean)^2 of each column.
    """

    def __init__(self) -> None:
        self.n = 0
        self.weight = 0.0
        self.mean: NDArray[np.float64] = np.zeros(())
        self.squares: NDArray[np.float64] = np.zeros(())

    def add(
        self,
        values: NDArray[np.floating[Any]],
        weights: NDArray[np.floating[Any]],
        present: NDArray[np.bool_] | None = None,
    ) -> None:
        """Take in a block of events; the arguments are those of `Standardiser.fit`."""
        if present is None:
            flat = values.reshape(len(values), math.prod(values.shape[1:])).astype(np.float64)
            share = np.asarray(weights, np.float64)
        else:
            flat = values[present].astype(np.float64)
            share = np.repeat(np.asarray(weights, np.float64), present.sum(axis=1))
        self.n += len(values)
        weight = float(share.sum())
        if not weight > 0:
            return
        mean = share @ flat / weight
        squares = share @ (flat - mean) ** 2
        total = self.weight + weight
        apart = mean - self.mean
        self.squares = self.squares + squares + apart**2 * self.weight * weight / total
        self.mean = self.mean + apart * weight / total
        self.weight = total
