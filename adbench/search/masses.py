"""The mass that is searched: which one a data set names, and its value for each event that was scored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import DatasetInfo
from adbench.api.errors import DataError, MissingError, UnknownNameError
from adbench.api.events import Events
from adbench.runs.matching import places_of

__all__ = ["mass_variable", "masses_of"]

Floats = NDArray[np.float64]


def mass_variable(info: DatasetInfo, asked: str = "") -> str:
    """Return the name of the mass to search in: the one asked for, else the data set's first.

    Raises:
        MissingError: the data set names no mass at all.
        UnknownNameError: it does not name this one.
    """
    if not info.masses:
        msg = (
            f"data set {info.name} has no mass variable, so there is nothing to search in; adbench datasets list "
            "shows the others (a data set names its masses in DatasetInfo.masses)"
        )
        raise MissingError(msg)
    if asked and asked not in info.masses:
        raise UnknownNameError(f"mass variable of {info.name}", asked, info.masses)
    return asked or info.masses[0]


def masses_of(events: Events, rows: NDArray[np.int64], variable: str, sample: str) -> Floats:
    """Return the mass of each row, float64 (n,) in GeV; rows are matched by value, not by place.

    Args:
        events: of the data set, with the mass in ``aux``.
        rows: int64 (n,) of the events that were scored.
        variable: name of the mass.
        sample: name of these events, for messages.

    Raises:
        DataError: the events have no such mass, a mass is not finite, or the rows are not those of the events.
    """
    if variable not in events.aux:
        msg = f"{sample}: the events have no {variable}, which their data set names as a mass (DatasetInfo.masses)"
        raise DataError(msg)
    own = np.asarray(events.aux.get("row", np.arange(len(events))), np.int64)
    masses = np.asarray(events.aux[variable], np.float64)[places_of(rows, own)]
    if not np.isfinite(masses).all():
        msg = f"{sample}: {variable} is not a finite number for {np.count_nonzero(~np.isfinite(masses))} events"
        raise DataError(msg)
    return masses
