"""One order of the objects for every event: neither scores nor an event's noise depend on how it was written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adbench.api import Events

__all__ = ["in_order"]


def in_order(events: Events, slots: int) -> Events:
    """Return events with objects in falling pT, or in falling first quantity, and at least so many slots.

    Ties are broken by the other quantities and the kind; empty slots come last.
    """
    if events.kinds.shape[1] < slots:
        events = events.padded(slots)
    columns = list(np.moveaxis(events.objects, 2, 0))
    if events.schema.has_object_feature("pt"):
        columns.insert(0, columns.pop(events.schema.object_index("pt")))
    keys = [np.where(events.present, -column, np.inf) for column in [*columns, events.kinds]]
    left, right = keys[0][:, :-1], keys[0][:, 1:]
    if not np.all((left < right) | (right == np.inf)):
        order = np.lexsort(keys[::-1], axis=1)
        return replace(
            events,
            objects=np.take_along_axis(events.objects, order[:, :, None], 1),
            kinds=np.take_along_axis(events.kinds, order, 1),
        )
    return events
