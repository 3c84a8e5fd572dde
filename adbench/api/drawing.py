"""Which training events an estimator learns from that needs them all in memory at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DetectorError

if TYPE_CHECKING:
    from adbench.api.context import RunContext
    from adbench.api.events import Events

__all__ = ["training_rows"]

_BLOCK = 65_536  # events whose weights are looked at together: memory does not grow with their number


def training_rows(
    train: Events, most: int, context: RunContext, limited_by: str = "max_training_events"
) -> NDArray[np.int64]:
    """Return int64 (m,): rows of the training events to learn from, m <= `most`, in the order of the events.

    Events of equal weight: all of them, or a seeded choice without repetition where there are more than `most`.
    Otherwise events are drawn in proportion to their weights, with repetition, since most estimators know no
    weights. What is left out for `most` becomes a note of the run.

    Args:
        train: training background; only its weights are read.
        most: number of events at most.
        context: seed of the choice, and where the note goes.
        limited_by: the parameter that a user changes to learn from more, for the note.

    Raises:
        DetectorError: fewer than two events, or weights that are negative, not finite or all 0.

    Example:
        ``x = train[training_rows(train, self.params.max_training_events, self.context)].tabular()``
    """
    n = len(train)
    sums, even = _looked_at(train.weights)
    if n < 2 or not 0 < sums.sum() < np.inf:
        msg = f"two training events or more with weights of at least 0 are needed; there are {n}"
        raise DetectorError(msg)
    if n > most:
        context.note(f"trained on {most:,} of {n:,} background events, drawn at random ({limited_by})")
    elif even:
        return np.arange(n)
    rng, sizes = context.rng("events"), [len(weights) for _, weights in _blocks(train.weights)]
    if even:
        numbers = rng.multivariate_hypergeometric(sizes, most, method="marginals")
    else:
        numbers = rng.multinomial(min(n, most), sums / sums.sum())
    rows = []
    for number, (start, weights) in zip(numbers, _blocks(train.weights), strict=True):
        share = None if even or number == 0 else weights / weights.sum()
        rows.append(start + np.sort(rng.choice(len(weights), number, replace=not even, p=share)))
    return np.concatenate(rows).astype(np.int64)


def _looked_at(weights: NDArray[np.float32]) -> tuple[NDArray[np.float64], bool]:
    """Return the sum of each block's weights, NaN where one is negative, and whether all are equal."""
    sums, low, high = [], np.inf, -np.inf
    for _, block in _blocks(weights):
        low, high = min(low, block.min()), max(high, block.max())
        sums.append(block.sum() if block.min() >= 0 else np.nan)
    return np.array(sums, np.float64), bool(low == high)


def _blocks(weights: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    for start in range(0, len(weights), _BLOCK):
        yield start, weights[start : start + _BLOCK].astype(np.float64)
