"""Columns to events: the observables are features, everything about m_jj is kept in aux."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adbench.api.events import Events
from adbench.generation.kinematics import Array
from adbench_lhco.card import KINEMATICS, OBSERVABLES, PROCESSES, schema

__all__ = ["dijet_events", "heavier_first"]


def dijet_events(columns: Mapping[str, Array], process: str | None, names: tuple[str, ...] = OBSERVABLES) -> Events:
    """Return events; raise KeyError where a column is missing.

    Args:
        columns: float (n,) by name: observables, kinematics, and perhaps ``source`` and ``row``.
        process: their process; None for unlabelled events, which get ids instead.
        names: the observables that become features.
    """
    n = len(columns["m_jj"])
    row = np.asarray(columns.get("row", np.arange(n)), np.int64)
    aux: dict[str, Array] = {name: np.asarray(columns[name], np.float32) for name in KINEMATICS if name in columns}
    aux |= {"source": np.asarray(columns.get("source", row), np.int64), "row": row}
    if process is None:
        aux["event_id"] = row
    else:
        aux["process"] = np.full(n, PROCESSES.index(process), np.int64)
    features = np.column_stack([np.asarray(columns[name], np.float32) for name in names])
    shape = np.zeros((n, 0, 0), np.float32), np.zeros((n, 0), np.int8)
    return Events.build(schema(names), *shape, features, aux=aux)


def heavier_first(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return the columns with the heavier jet as jet 1 (as in arXiv:2011.03550's code)."""
    swapped = columns["mass_1"] < columns["mass_2"]
    ordered = dict(columns)
    for name in columns:
        if name.endswith("_1"):
            other = f"{name[:-1]}2"
            ordered[name] = np.where(swapped, columns[other], columns[name])
            ordered[other] = np.where(swapped, columns[name], columns[other])
    return ordered
