"""A documented table of an event, for estimators that read rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adbench.api.observables import delta_phi, multiplicities

if TYPE_CHECKING:
    from adbench.api.events import Events

__all__ = ["TabularView"]

LEADING = 8  # objects that get columns of their own, in the order of the data set (hardest first)


class TabularView:
    """Turns events into float32 (n, n_columns).

    Columns, in order: event features that are no angles; the number of objects of each kind; the summed
    pT of each kind; then for each of the 8 leading slots its features. An angle appears as the cosine and
    sine of its difference to the missing momentum (to the leading object where events have none), so that
    the table does not change when an event is rotated about the beam. Empty slots are 0.

    Events with fewer than 8 slots give fewer columns. An estimator that meets such events from several sources
    calls ``events.tabular(leading)`` with the number that it was trained with; counts and sums see all objects.

    Example:
        ``x = events.tabular(); names = events.tabular.names`` gives the table and its column names,
        each with its unit: ``met [GeV]``, ``n_j``, ``sum_pt_b [GeV]``, ``pt_1 [GeV]``, ``cos_phi_1``.
    """

    __slots__ = ("_events",)

    def __init__(self, events: Events) -> None:
        self._events = events

    @property
    def leading(self) -> int:
        """How many slots have columns of their own."""
        return min(LEADING, int(self._events.kinds.shape[1]))

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, with units in brackets."""
        schema = self._events.schema
        names = [_titled(q.name, q.unit) for q in schema.features if not q.periodic]
        names += [f"n_{kind.name}" for kind in schema.kinds]
        if schema.has_object_feature("pt"):
            names += [_titled(f"sum_pt_{kind.name}", "GeV") for kind in schema.kinds]
        for slot in range(1, self.leading + 1):
            for q in schema.object_features:
                if q.periodic:
                    names += [f"cos_{q.name}_{slot}", f"sin_{q.name}_{slot}"]
                else:
                    names.append(_titled(f"{q.name}_{slot}", q.unit))
        return tuple(names)

    def __call__(self, leading: int | None = None) -> NDArray[np.float32]:
        """Return float32 (n, n_columns).

        Args:
            leading: slots with columns of their own, whatever the padding; by default those of `names`.
        """
        slots = self.leading if leading is None else leading
        events, schema = self._events.padded(max(slots, self._events.kinds.shape[1])), self._events.schema
        columns = [events.features[:, i] for i, q in enumerate(schema.features) if not q.periodic]
        columns += list(multiplicities(events).T)
        if schema.has_object_feature("pt"):
            pt = events.object("pt")
            columns += [(pt * (events.kinds == code)).sum(axis=1) for code in range(1, len(schema.kinds) + 1)]
        for slot in range(slots):
            present = events.present[:, slot]
            for i, q in enumerate(schema.object_features):
                value = events.objects[:, slot, i]
                if q.periodic:
                    angle = delta_phi(value, self._reference(q.name, i))
                    columns += [np.cos(angle) * present, np.sin(angle) * present]
                else:
                    columns.append(value * present)
        return np.stack(columns, axis=1).astype(np.float32, copy=False)

    def _reference(self, name: str, column: int) -> NDArray[np.float32]:
        if name == "phi" and self._events.schema.has_feature("met_phi"):
            return self._events.feature("met_phi")
        return self._events.objects[:, 0, column]


def _titled(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit else name
