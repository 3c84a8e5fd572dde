"""Fitted models as plain arrays in .npz files; nothing is ever unpickled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from adbench.api import DetectorError

__all__ = ["load_arrays", "save_arrays"]


def save_arrays(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays under their names into one ``.npz`` file."""
    named: dict[str, Any] = dict(arrays)
    with file.open("wb") as stream:
        np.savez(stream, **named)


def load_arrays(file: Path, needed: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Return the arrays that `save_arrays` wrote.

    Raises:
        DetectorError: the file is missing, is no such file, or lacks one of the needed names.
    """
    try:
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, EOFError, ValueError, TypeError, AttributeError, BadZipFile) as error:
        reason = " ".join(str(error).split())
        msg = f"{file} does not hold a fitted model ({reason}); fit it again"
        raise DetectorError(msg) from error
    for name in needed:
        if name not in arrays:
            msg = f"{file} holds no '{name}': it is another detector's model; fit it again"
            raise DetectorError(msg)
    return arrays
