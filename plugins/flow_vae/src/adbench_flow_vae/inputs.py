"""What the networks see of an event: rows of objects, and numbers that join them behind the convolutions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events, observables
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.representation import (
    ALL_OBJECTS,
    COLUMNS,
    DARKFLOW_OBJECTS,
    TRUNCATED,
    Layout,
    check_features,
    rows,
)

__all__ = ["HIGH_LEVEL", "View"]

HIGH_LEVEL = ("MET", "HT", "m_eff")
"""The high-level features of the paper, in GeV."""


@dataclass(frozen=True, slots=True)
class View:
    """Rows of objects and further numbers of events.

    Attributes:
        layout: kinds and slots of the rows.
        columns: of a row that the network sees: E, pT, eta, phi, and for graphs the type code.
        multiplicity: whether the number of objects of each kind is among the further numbers.
        high_level: whether MET, HT and m_eff are; they come last.
        missing: whether the missing momentum is one more row and MET a further number (the public code).
    """

    layout: Layout
    columns: int
    multiplicity: bool = False
    high_level: bool = False
    missing: bool = False

    @classmethod
    def of(cls, params: FlowVaeParams) -> View:
        """Return the view of a set of parameters."""
        convolutional = params.network == "conv"
        columns = len(COLUMNS) - convolutional  # images have no type column: the place of a row says it
        if params.compat == "darkflow":
            return cls(DARKFLOW_OBJECTS, columns, missing=convolutional)
        layout = ALL_OBJECTS if params.objects == "all" else TRUNCATED
        return cls(layout, columns, params.multiplicity, params.high_level)

    @property
    def slots(self) -> int:
        """How many rows an event has."""
        return sum(capacity for _, capacity in self.layout) + self.missing

    @property
    def further(self) -> int:
        """How many further numbers an event has."""
        return len(self.layout) * self.multiplicity + len(HIGH_LEVEL) * self.high_level + self.missing

    def tables(self, events: Events) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return rows, float32 (n, slots, 5), with all columns of `COLUMNS`, and further numbers, (n, further).

        Raises:
            UnsuitedError: the data set lacks a quantity that the view shows, or has a kind of object without a block.
        """
        check_features(events.schema, ("met", "met_phi") if self.missing else ("met",) if self.high_level else ())
        objects = rows(events, self.layout)
        further: list[NDArray[np.float32]] = []
        if self.multiplicity:
            further.append(_numbers(events, self.layout))
        if self.high_level:
            met, ht = observables.missing_energy(events), observables.scalar_sum(events)
            further.append(np.stack([met, ht, met + ht], axis=1))
        if self.missing:
            met, phi = observables.missing_energy(events), events.feature("met_phi")
            nothing = np.zeros_like(met)
            row = np.stack([met, met, nothing, phi, np.full_like(met, len(self.layout) + 1)], axis=1)
            objects = np.concatenate([objects, row[:, None]], axis=1)
            further.append(met[:, None])
        return objects, np.concatenate([np.empty((len(events), 0), np.float32), *further], axis=1)


def _numbers(events: Events, layout: Layout) -> NDArray[np.float32]:
    """Return how many objects of each kind an event has, whether or not the layout has slots for all of them."""
    known = {kind.name for kind in events.schema.kinds}
    columns = [
        (events.kinds == events.schema.kind_code(name)).sum(axis=1) if name in known else np.zeros(len(events))
        for name, _ in layout
    ]
    return np.stack(columns, axis=1).astype(np.float32)
