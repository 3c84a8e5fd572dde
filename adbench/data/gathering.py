"""Chosen events of a large sample as memory maps of files without a name: choosing costs disk and no memory."""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError
from adbench.api.events import Events
from adbench.data.cache import default_cache

__all__ = ["gathered"]

IN_MEMORY = 64 << 20  # bytes: a choice up to this size is a copy in memory
ROWS_AT_ONCE = 65_536


def gathered(events: Events, rows: NDArray[np.integer[Any]], folder: Path | None = None) -> Events:
    """Return a copy of the chosen events, in the order of `rows`.

    It is in memory while they are few, else in unnamed files, which the system removes when the last map of them is
    gone, also when the process is killed.

    Args:
        events: where to choose from.
        rows: int (m,), indices.
        folder: where the files lie; None = the folder of the cache.

    Raises:
        DataError: the disk is full, or the folder cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = {
        name: getattr(events, name) for name in ("objects", "kinds", "features", "categories", "weights")
    }
    size = sum(len(rows) * array.dtype.itemsize * math.prod(array.shape[1:]) for array in arrays.values())
    if size <= IN_MEMORY:
        return events[rows]
    place = default_cache() if folder is None else folder
    try:
        place.mkdir(parents=True, exist_ok=True)
        aux = {name: _copied(np.asarray(array), rows, place) for name, array in events.aux.items()}
        fields: dict[str, Any] = {name: _copied(array, rows, place) for name, array in arrays.items()}
        return replace(events, **fields, aux=aux)
    except OSError as error:
        msg = f"cannot copy {size / 1e9:.1f} GB of events to {place}: {error.strerror or error}; choose another folder "
        raise DataError(msg + "with ADBENCH_CACHE_DIR") from error


def _copied(array: NDArray[Any], rows: NDArray[np.integer[Any]], place: Path) -> NDArray[Any]:
    """Return the rows of one array as a map of a file; an array without elements in memory."""
    shape = (len(rows), *array.shape[1:])
    if not math.prod(shape):
        return np.empty(shape, array.dtype)
    with tempfile.TemporaryFile(dir=place) as file:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            file.write(np.ascontiguousarray(array[rows[start : start + ROWS_AT_ONCE]]).data)
        file.flush()
        copied: NDArray[Any] = np.memmap(file, array.dtype, "r", shape=shape)
    return copied
