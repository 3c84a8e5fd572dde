"""Files that hold particles: up to 700 (pT, eta, phi) per event, massless, and a label as the last column.

Jets are clustered here with R = 0.8, so all observables are there. About 500 events per second.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from adbench.api.errors import DataError
from adbench.data.frames import open_frame
from adbench.generation.energyflow import Flow
from adbench.generation.kinematics import Array
from adbench.generation.production import EVENT
from adbench_lhco.generator.selection import dijets_of
from adbench_lhco.public.observables import EXTRA

__all__ = ["read_particles"]

PARTICLES: Final = 700
_AT_ONCE: Final = 1000  # events


def read_particles(path: Path) -> dict[str, Array]:
    """Return the columns of a file of particles, of the events that pass the selection.

    ``row`` is the place in the file; ``label`` is there where the file has it.

    Raises:
        DataError: the table has neither 2100 nor 2101 columns.
    """
    found = list(_pieces(path))
    if not found:
        msg = f"{path} has no events"
        raise DataError(msg)
    return {name: np.concatenate([piece[name] for piece in found]) for name in found[0]}


def _pieces(path: Path) -> Iterator[dict[str, Any]]:
    with open_frame(path, EXTRA) as frame:
        labelled = len(frame.names) == 3 * PARTICLES + 1
        if not labelled and len(frame.names) != 3 * PARTICLES:
            msg = (
                f"{path} has {len(frame.names)} columns; {PARTICLES} particles have {3 * PARTICLES}, and one of a label"
            )
            raise DataError(msg)
        for number, table in enumerate(frame.pieces(frame.names, _AT_ONCE)):
            columns = dict(dijets_of(_flow(table[:, : 3 * PARTICLES].reshape(len(table), PARTICLES, 3))))
            event = columns.pop(EVENT)
            columns["row"] = event + number * _AT_ONCE
            if labelled:
                columns["label"] = table[event, -1]
            yield columns


def _flow(particles: Array) -> Flow:
    present = particles[:, :, 0] > 0
    event = np.broadcast_to(np.arange(len(particles))[:, None], present.shape)[present]
    return Flow(len(particles), event, *(particles[:, :, i][present] for i in range(3)))
