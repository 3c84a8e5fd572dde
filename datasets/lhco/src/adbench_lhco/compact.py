"""One kind of events in one small file: what is stored and on which grid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from adbench.api.errors import DataError
from adbench.data.quantised import Grid, load_quantised, save_quantised
from adbench.generation.kinematics import Array
from adbench_lhco.card import KINEMATICS, OBSERVABLES

__all__ = ["GRIDS", "load_columns", "save_columns"]

_STEPS: Final = {"mass": 0.02, "tau21": 5e-5, "tau32": 5e-5, "tau43": 5e-5, "width": 2e-4}
GRIDS: Final[Mapping[str, Grid]] = MappingProxyType(
    {f"{name}_{jet}": Grid(step) for name, step in _STEPS.items() for jet in (1, 2)}
    | {f"{name}_{jet}": Grid(step) for name, step in {"pt": 0.1, "eta": 1e-3, "phi": 1e-3}.items() for jet in (1, 2)}
    | {"m_jj": Grid(0.1)}
)
"""Steps in GeV, in units of the ratio, in rad; far below any resolution."""


def save_columns(path: Path, columns: Mapping[str, Array], source: Array | None, part: Array | None) -> str:
    """Write events; return the file's SHA-256.

    Args:
        path: of the new file.
        columns: observables and kinematics, float (n,) each.
        source: int (n,), number of the generated event; none in a black box.
        part: int (n,), index into the parts; none where events are not divided.
    """
    counted = {name: columns[name].astype(np.int16) for name in ("n_1", "n_2")}
    stored = {**{name: columns[name] for name in (*OBSERVABLES, *KINEMATICS)}, **counted}
    if source is not None:
        stored["source"] = source.astype(np.int32)
    if part is not None:
        stored["part"] = part.astype(np.uint8)
    return save_quantised(path, stored, GRIDS)


def load_columns(path: Path) -> dict[str, Array]:
    """Return the columns of a file; raise DataError where it is not one."""
    columns = load_quantised(path)
    missing = [name for name in (*OBSERVABLES, *KINEMATICS) if name not in columns]
    if missing:
        msg = f"{path} is not a file of dijet events: it lacks {', '.join(missing)}"
        raise DataError(msg)
    return columns
