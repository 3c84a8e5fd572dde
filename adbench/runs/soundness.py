"""Whether the events of a data set can be used: told before a detector sees them, and not by a board afterwards."""

from __future__ import annotations

import numpy as np

from adbench.api.errors import DataError
from adbench.api.events import Events

__all__ = ["check_sound"]

_NUMBERS = ("row", "source", "event_id")


def check_sound(events: Events, what: str) -> None:
    """Raise DataError where events break the contract in a way that figures would silently depend on.

    Args:
        events: of a data set, with their `aux`.
        what: they are, such as ``channel 1``; the message begins with it.

    Raises:
        DataError: weights that are negative, no numbers or all 0, kinds that the schema does not have, or places and
            sources that are no whole numbers.
    """
    weights, kinds, known = np.asarray(events.weights), events.kinds, len(events.schema.kinds)
    if len(events) and not (np.isfinite(weights).all() and float(weights.min()) >= 0):
        _refuse(what, "weights that are negative or no finite numbers; weights are shares of a sample")
    if len(events) and not weights.any():
        _refuse(what, "weights that are all 0; some event has to count")
    if kinds.size and not 0 <= int(kinds.min()) <= int(kinds.max()) <= known:
        worst = int(kinds.max()) if int(kinds.max()) > known else int(kinds.min())
        _refuse(what, f"objects of kind {worst}; the schema has 1 to {known}, and 0 is an empty slot")
    for name in _NUMBERS:
        values = events.aux.get(name)
        if values is not None and np.asarray(values).dtype.kind not in "iu":
            _refuse(what, f"aux['{name}'] of type {np.asarray(values).dtype}; expected whole numbers")


def _refuse(what: str, found: str) -> None:
    msg = f"{what}: the data set gave {found}. Tell the author of its plugin"
    raise DataError(msg)
