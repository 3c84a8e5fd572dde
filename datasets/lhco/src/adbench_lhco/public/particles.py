"""Files that hold particles: up to 700 (pT, eta, phi) per event, massless, and a label as the last column.

Jets are clustered here with R = 0.8, so all observables are there. Some hundred events per second.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import numpy as np

from adbench.api.errors import DataError
from adbench.data.frames import Frame, open_frame
from adbench.generation.energyflow import Flow
from adbench.generation.kinematics import Array
from adbench.generation.production import EVENT
from adbench.generation.pythia import require_generator
from adbench.generation.workers import save_whole
from adbench_lhco.generator.selection import dijets_of
from adbench_lhco.public.observables import EXTRA

__all__ = ["read_particles"]

PARTICLES: Final = 700
PIECE: Final = 20_000
"""Events that are read before they are stored; what an interruption loses at most."""
_AT_ONCE: Final = 1000

log = logging.getLogger(__name__)


def read_particles(path: Path, pieces: Path) -> dict[str, Array]:
    """Return the columns of a file of particles, of the events that pass the selection.

    ``row`` is the place in the file; ``label`` is there where the file has it.

    Args:
        path: of the file.
        pieces: folder in which finished pieces are kept, so that an interrupted reading goes on behind them.

    Raises:
        MissingError: h5py, fastjet or awkward is not installed.
        DataError: the table has neither 2100 nor 2101 columns, or no event passes.
    """
    require_generator("datasets/lhco")
    with open_frame(path, EXTRA) as frame:
        labelled = len(frame.names) == 3 * PARTICLES + 1
        if not labelled and len(frame.names) != 3 * PARTICLES:
            msg = (
                f"{path} has {len(frame.names)} columns; {PARTICLES} particles have {3 * PARTICLES}, and one of a label"
            )
            raise DataError(msg)
        found = []
        for start in range(0, len(frame), PIECE):
            piece = pieces / f"{start:08d}.npz"
            if not piece.is_file():
                save_whole(piece, **_piece(frame, start, labelled))
                log.info("%s: %d of %d events", path.name, min(start + PIECE, len(frame)), len(frame))
            with np.load(piece) as stored:
                found.append({name: stored[name] for name in stored.files})
    columns = {name: np.concatenate([piece[name] for piece in found]) for name in found[0]} if found else {}
    if not len(columns.get("row", ())):
        msg = f"{path} has no event that passes the selection"
        raise DataError(msg)
    return columns


def _piece(frame: Frame, start: int, labelled: bool) -> dict[str, Array]:
    """Cluster the events of a piece, a few at once."""
    parts = []
    for first in range(start, min(start + PIECE, len(frame)), _AT_ONCE):
        table = frame.columns(frame.names, first, min(first + _AT_ONCE, start + PIECE))
        columns = dict(dijets_of(_flow(table[:, : 3 * PARTICLES].reshape(len(table), PARTICLES, 3))))
        event = columns.pop(EVENT)
        columns["row"] = event + first
        if labelled:
            columns["label"] = table[event, -1]
        parts.append(columns)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _flow(particles: Array) -> Flow:
    present = particles[:, :, 0] > 0
    event = np.broadcast_to(np.arange(len(particles))[:, None], present.shape)[present]
    return Flow(len(particles), event, *(particles[:, :, i][present] for i in range(3)))
