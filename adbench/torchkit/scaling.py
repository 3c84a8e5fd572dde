"""Standardisation of inputs, fitted on training background and saved with the network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench.api.errors import DetectorError

__all__ = ["Standardiser"]

_CHUNK = 65_536  # rows of columns that are summed at once

Block = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]], NDArray[np.bool_] | None]


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
        step = max(1, _CHUNK // (1 if present is None else present.shape[1]))

        def blocks() -> Iterator[Block]:
            for start in range(0, len(values), step):
                rows = slice(start, start + step)
                yield values[rows], weights[rows], None if present is None else present[rows]

        return self.fit_blocks(blocks)

    def fit_blocks(self, blocks: Callable[[], Iterable[Block]]) -> Self:
        """Learn the same as `fit` from blocks of events, in two passes, so that memory is that of one block.

        Args:
            blocks: called once per pass; gives (values, weights, present) as in `fit` for consecutive events, all
                with `present` or all without.

        Raises:
            DetectorError: there are no events, or their weights do not add up to a positive number.

        Example:
            ``scale.fit_blocks(lambda: ((rows(part), part.weights, None) for part in consecutive(train)))``
        """
        n, total, mean = 0, 0.0, np.zeros(())
        for values, weights, present in blocks():
            share, flat = _flat(values, weights, present)
            n, total, mean = n + len(values), total + float(share.sum()), mean + share @ flat
        if not total > 0:
            msg = f"cannot standardise {n} training events whose weights add up to {total:g}"
            raise DetectorError(msg)
        mean = mean / total
        parts = (_flat(*block) for block in blocks())
        variance = sum(share @ (flat - mean) ** 2 for share, flat in parts) / total
        constant = variance <= (1e-6 * mean) ** 2  # below what float32 input resolves
        deviation = np.where(constant, 1.0, np.sqrt(np.where(constant, 1.0, variance)))
        self.mean.copy_(torch.from_numpy(np.array(mean).reshape(self.mean.shape)))
        self.deviation.copy_(torch.from_numpy(deviation.reshape(self.mean.shape)))
        return self

    def forward(self, values: Tensor) -> Tensor:
        """Return the standardised values; the last axes are those of `shape`."""
        return (values - self.mean) / self.deviation


def _flat(
    values: NDArray[np.floating[Any]], weights: NDArray[np.floating[Any]], present: NDArray[np.bool_] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weight of each row and the rows of columns, float64: a row is an event, or an object with a mask."""
    if present is None:
        return np.asarray(weights, np.float64), values.reshape(len(values), math.prod(values.shape[1:])).astype(float)
    return (weights[:, None] * present).astype(np.float64).reshape(-1), values.reshape(-1, values.shape[-1]).astype(
        float
    )
