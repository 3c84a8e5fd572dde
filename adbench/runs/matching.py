"""Stored scores meet the events again that they belong to: the same data set, and row by row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import Dataset
from adbench.api.errors import DataError
from adbench.runs.store import StoredRun

__all__ = ["check_same_events", "places_of"]

Rows = NDArray[np.int64]


def check_same_events(run: StoredRun, dataset: Dataset) -> None:
    """Raise DataError unless a run was done on the events that the data set has now."""
    identity = run.record.identity
    if dataset.fingerprint(identity.channel) != identity.fingerprint:
        msg = (
            f"run {run.record.key[:8]} was done on other events of channel {identity.channel} than "
            f"{dataset.info.name} {dataset.info.edition} has; give its --edition, --data or --split, or run it again"
        )
        raise DataError(msg)


def places_of(wanted: Rows, rows: Rows) -> NDArray[np.intp]:
    """Return the place of each wanted row among the rows of events, by value and in any order, (n,).

    Args:
        wanted: int64 (n,), of stored scores.
        rows: int64 (m,), of the events, each its own.

    Raises:
        DataError: a row is wanted that is not there, or rows are there twice.

    Example:
        >>> places_of(np.array([7, 3]), np.array([3, 5, 7]))
        array([2, 0])
    """
    order = np.argsort(rows, kind="stable")
    places = np.minimum(np.searchsorted(rows, wanted, sorter=order), max(len(rows) - 1, 0))
    if not len(rows) or not np.array_equal(rows[order][places], wanted) or len(np.unique(rows)) != len(rows):
        msg = "the rows of the run are not those of the data set; run the detector again"
        raise DataError(msg)
    return order[places]
