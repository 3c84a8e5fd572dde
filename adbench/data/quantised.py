"""Small files of many numbers: each array on a grid that is finer than any detector, compressed as integers.

A grid has a step, of the value or of its logarithm. Files are ordinary .npz archives without pickled objects: an
array NAME and, where it is on a grid, ``NAME.step`` or ``NAME.log_step``. Equal arrays give equal bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError
from adbench.data.cache import write_atomically

__all__ = ["Grid", "load_quantised", "save_quantised"]

_STEP, _LOG_STEP = ".step", ".log_step"


@dataclass(frozen=True, slots=True)
class Grid:
    """Where numbers may lie.

    Attributes:
        step: distance of neighbours; of their logarithms for a logarithmic grid, which is for positive numbers.
        logarithmic: whether it is one.
    """

    step: float
    logarithmic: bool = False


def save_quantised(path: Path, arrays: Mapping[str, NDArray[Any]], grids: Mapping[str, Grid]) -> str:
    """Write arrays, those that have a grid rounded to it; return the file's SHA-256.

    Raises:
        ValueError: a number that is not finite, or that is not positive on a logarithmic grid.
    """
    stored: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        if name not in grids:
            stored[name] = array
            continue
        grid = grids[name]
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(np.asarray(array, np.float64)) if grid.logarithmic else np.asarray(array, np.float64)
        if not np.isfinite(value).all():
            msg = f"{name} has numbers that its grid cannot hold"
            raise ValueError(msg)
        number = np.rint(value / grid.step).astype(np.int64)
        stored[name] = number.astype(
            np.result_type(*map(np.min_scalar_type, (number.min(initial=0), number.max(initial=0))))
        )
        stored[name + (_LOG_STEP if grid.logarithmic else _STEP)] = np.array(grid.step)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **stored)
    write_atomically(path, buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def load_quantised(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays by name; those on a grid as float32.

    Raises:
        DataError: the file is not there or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            stored = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        msg = f"cannot read {path}: {error}"
        raise DataError(msg) from error
    arrays = {}
    for name, array in stored.items():
        if name.endswith((_STEP, _LOG_STEP)):
            continue
        if name + _STEP in stored:
            arrays[name] = (array * stored[name + _STEP]).astype(np.float32)
        elif name + _LOG_STEP in stored:
            arrays[name] = np.exp(array * stored[name + _LOG_STEP]).astype(np.float32)
        else:
            arrays[name] = array
    return arrays
