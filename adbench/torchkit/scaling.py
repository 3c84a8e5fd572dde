"""Standardisation of inputs, fitted on training background and saved with the network."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench.api.errors import DetectorError

__all__ = ["Standardiser"]

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
        columns = values.shape[1:]
        if present is None:
            flat = values.reshape(len(values), math.prod(columns))
            share = np.asarray(weights, np.float64)
        else:
            flat = values.reshape(-1, columns[-1])
            share = (weights[:, None] * present).astype(np.float64).reshape(-1)
        total = float(share.sum())
        if not total > 0:
            msg = f"cannot standardise {len(values)} training events whose weights add up to {total:g}"
            raise DetectorError(msg)
        mean = sum(w @ x for w, x in _chunks(share, flat)) / total
        variance = sum(w @ (x - mean) ** 2 for w, x in _chunks(share, flat)) / total
        constant = variance <= (1e-6 * mean) ** 2  # below what float32 input resolves
        deviation = np.where(constant, 1.0, np.sqrt(np.where(constant, 1.0, variance)))
        shape = columns if present is None else columns[-1:]
        self.mean.copy_(torch.from_numpy(np.array(mean).reshape(shape)))
        self.deviation.copy_(torch.from_numpy(deviation.reshape(shape)))
        return self

    def forward(self, values: Tensor) -> Tensor:
        """Return the standardised values; the last axes are those of `shape`."""
        return (values - self.mean) / self.deviation


def _chunks(
    weights: NDArray[np.float64], values: NDArray[np.floating[Any]]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    for start in range(0, len(weights), _CHUNK):
        yield weights[start : start + _CHUNK], values[start : start + _CHUNK].astype(np.float64)
