"""One class of jets in one small file: what is stored, and how it becomes events."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from adbench.api.errors import DataError
from adbench.api.events import Events
from adbench.data.quantised import Grid, load_quantised, save_quantised
from adbench.generation.kinematics import Array
from adbench_jets.card import CLASSES, PARTS
from adbench_jets.events import jet_events

__all__ = ["GRIDS", "load_class", "save_class"]

GRIDS: Final[Mapping[str, Grid]] = MappingProxyType(
    {
        "pt": Grid(1e-3, logarithmic=True),
        "eta_rel": Grid(5e-4),
        "phi_rel": Grid(5e-4),
    }
)
"""Constituents: a thousandth of pT and half a milliradian, finer than the simulated detector."""
_COLUMNS: Final = ("jet_pt", "jet_eta", "jet_phi", "jet_mass")


def save_class(path: Path, arrays: Mapping[str, Array], source: Array, part: Array) -> str:
    """Write a class; return the file's SHA-256.

    Args:
        path: of the new file.
        arrays: as the generator's selection gives them.
        source: int (n,), number of the generated event; jets of one event share it.
        part: int (n,), index into `PARTS`.
    """
    constituents = arrays["constituents"]
    present = constituents[:, :, 0] > 0
    stored = {
        "counts": present.sum(axis=1).astype(np.uint8),
        **{name: constituents[:, :, i][present] for i, name in enumerate(GRIDS)},
        **{name: arrays[name].astype(np.float32) for name in _COLUMNS},
        "clustered_constituents": arrays["jet_constituents"].astype(np.int16),
        "source": source.astype(np.int32),
        "part": part.astype(np.uint8),
    }
    return save_quantised(path, stored, GRIDS)


def load_class(path: Path, name: str) -> dict[str, Events]:
    """Return the events of a class by part; all parts are there, some may be empty.

    Raises:
        DataError: the file is not there, damaged, or not of this form.
    """
    stored = load_quantised(path)
    try:
        counts = stored["counts"].astype(np.int64)
        slots = max(1, int(counts.max(initial=1)))
        present = np.arange(slots) < counts[:, None]
        constituents = np.zeros((len(counts), slots, len(GRIDS)), np.float32)
        for i, column in enumerate(GRIDS):
            constituents[:, :, i][present] = stored[column]
        aux = {
            "jet_phi": stored["jet_phi"],
            "clustered_pt": stored["jet_pt"],
            "clustered_mass": stored["jet_mass"],
            "clustered_constituents": stored["clustered_constituents"],
            "source": stored["source"].astype(np.int64),
            "row": np.arange(len(counts), dtype=np.int64),
            "process": np.full(len(counts), CLASSES.index(name), np.int64),
        }
        events = jet_events(constituents, stored["jet_eta"], aux)
        return {label: events[stored["part"] == k] for k, label in enumerate(PARTS)}
    except (KeyError, ValueError) as error:
        msg = f"{path} is not a file of jets: {error!r}"
        raise DataError(msg) from error
