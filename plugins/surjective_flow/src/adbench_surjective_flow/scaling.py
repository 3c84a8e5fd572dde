"""Mean and deviation of the numbers that are there; what is missing does not count.

Slots that objects of any rank may stand in share one scale: if each slot had its own, a permutation of the objects
would scramble scales, and the flow would model the scrambling (the public code does so).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api import DetectorError

__all__ = ["Sums"]


class Sums:
    """Weighted sums over blocks of events, of columns that share a scale where they are in one group.

    Args:
        groups: int (dims,), which columns belong together, numbered from 0.
    """

    def __init__(self, groups: NDArray[np.int64]) -> None:
        self.groups = groups
        self._sums = np.zeros((3, int(groups.max(initial=-1)) + 1))

    def add(self, values: NDArray[np.float32], there: NDArray[np.bool_], weights: NDArray[np.float32]) -> None:
        """Take in a block: values (n, dims), bool (n, dims), weights (n,)."""
        share = there * weights[:, None].astype(np.float64)
        x = values.astype(np.float64)
        for total, columns in zip(self._sums, (share, share * x, share * x**2), strict=True):
            np.add.at(total, self.groups, columns.sum(axis=0))

    def mean_and_deviation(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return both for every column, (dims,); 0 and 1 for one that was never there, deviation 1 for a constant.

        Raises:
            DetectorError: the weights do not add up to a positive number.
        """
        weight, first, second = self._sums
        if not weight.max(initial=0.0) > 0:
            msg = "cannot standardise training events: there are none, or their weights do not add up to more than 0"
            raise DetectorError(msg)
        known = np.where(weight > 0, weight, 1.0)
        mean = first / known
        variance = np.maximum(second / known - mean**2, 0)
        deviation = np.where(variance > 1e-12 * (1 + mean**2), np.sqrt(variance), 1.0)
        return mean[self.groups], deviation[self.groups]
