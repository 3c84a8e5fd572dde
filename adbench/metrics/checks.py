"""What a metric refuses: scores that are no numbers, weights that make no sense."""

from __future__ import annotations

import numpy as np

from adbench.api.errors import DataError, ScoreError
from adbench.api.metric import Scored

__all__ = ["check_sample", "with_weight"]


def check_sample(sample: Scored, role: str) -> None:
    """Check a sample of at least one event.

    Raises:
        ScoreError: scores that are NaN or infinite, with their number.
        DataError: arrays of different lengths, or weights that are negative, not finite or all zero.
    """
    n = len(sample)
    for name in ("weights", "sources", "folds"):
        array = getattr(sample, name)
        if array is not None and len(array) != n:
            msg = f"{role} has {n} scores but {len(array)} {name}; give one per event"
            raise DataError(msg)
    bad = n - int(np.count_nonzero(np.isfinite(sample.scores)))
    if bad:
        msg = f"{bad} of {n} {role} scores are NaN or infinite; a detector must give one finite number per event"
        raise ScoreError(msg)
    bad = n - int(np.count_nonzero(np.isfinite(sample.weights) & (sample.weights >= 0.0)))
    if bad:
        msg = f"{bad} of {n} {role} weights are negative or not finite; a ROC curve needs weights of 0 or more"
        raise DataError(msg)
    if not np.any(sample.weights > 0.0):
        msg = f"all {n} {role} weights are 0; a ROC curve needs an event that counts"
        raise DataError(msg)


def with_weight(sample: Scored) -> Scored:
    """Return the events that count: those of weight above 0."""
    kept = sample.weights > 0.0
    if np.all(kept):
        return sample
    sources = None if sample.sources is None else sample.sources[kept]
    folds = None if sample.folds is None else sample.folds[kept]
    return Scored(sample.scores[kept], sample.weights[kept], sources, folds)
