"""Events as the paper's rows: a fixed number of slots for each type of object, hardest first.

Source: Jawahar et al., arXiv:2110.08508, section 2; the type codes are those of its public code.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import UnsuitedError
from adbench.api.events import Events
from adbench.api.schema import EventSchema

__all__ = [
    "ALL_OBJECTS",
    "COLUMNS",
    "DARKFLOW_OBJECTS",
    "ETA",
    "PHI",
    "TRUNCATED",
    "TYPE",
    "Layout",
    "check_features",
    "checked_kinds",
    "hardest_first",
    "rows",
]

Layout = tuple[tuple[str, int], ...]

ALL_OBJECTS: Layout = (("j", 15), ("b", 4), ("m+", 4), ("m-", 4), ("e+", 4), ("e-", 4), ("g", 4))
"""Kinds in the order of their blocks, and the slots of each: 39 rows. Type codes count from 1 in this order."""

TRUNCATED: Layout = tuple((name, 4 if name == "j" else 3) for name, _ in ALL_OBJECTS)
"""The paper's "TrdObj": 22 rows."""

DARKFLOW_OBJECTS: Layout = tuple((name, 13 if name == "j" else 3) for name, _ in ALL_OBJECTS)
"""The 31 rows that the networks of the public code are made for."""

COLUMNS = ("E", "pt", "eta", "phi", "type")
ETA, PHI, TYPE = COLUMNS.index("eta"), COLUMNS.index("phi"), COLUMNS.index("type")

_CHUNK = 16_384


def rows(events: Events, layout: Layout = ALL_OBJECTS) -> NDArray[np.float32]:
    """Return float32 (n, slots, 5): E, pT (GeV), eta, phi (rad) and type code of each object; empty rows are 0.

    Within the block of its kind an object stands at its rank in pT; what finds no slot is left out.
    Blocks of kinds that the data set does not know stay empty.

    Raises:
        UnsuitedError: objects lack E, pt, eta or phi, or one is of a kind that the layout has no block for.
    """
    checked_kinds(events.schema, [name for name, _ in layout])
    slots = sum(capacity for _, capacity in layout)
    table = np.zeros((len(events), slots, len(COLUMNS)), np.float32)
    for start in range(0, len(events), _CHUNK):
        _fill(table[start : start + _CHUNK], events[start : start + _CHUNK], layout)
    return table


def _fill(table: NDArray[np.float32], events: Events, layout: Layout) -> None:
    columns = [events.schema.object_index(name) for name in COLUMNS[:TYPE]]
    objects, kinds = hardest_first(events)
    slot = np.full(kinds.shape, -1, np.int16)
    first = 0
    known = {kind.name for kind in events.schema.kinds}
    for name, capacity in layout:
        if name in known:
            here = kinds == events.schema.kind_code(name)
            rank = here.cumsum(axis=1, dtype=np.int16) - 1
            np.copyto(slot, rank + first, where=here & (rank < capacity))
        first += capacity
    event, place = np.nonzero(slot >= 0)
    target = slot[event, place]
    code = np.repeat(np.arange(1, len(layout) + 1), [capacity for _, capacity in layout])
    table[event, target, :TYPE] = objects[event, place][:, columns]
    table[event, target, TYPE] = code[target]


def hardest_first(events: Events) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return objects, (n, slots, features), and kinds, (n, slots), in falling pT; empty slots come last."""
    pt = np.where(events.present, events.object("pt"), -np.inf)
    if np.all(pt[:, :-1] >= pt[:, 1:]):
        return events.objects, events.kinds
    order = np.argsort(-pt, axis=1, kind="stable")
    return np.take_along_axis(events.objects, order[:, :, None], 1), np.take_along_axis(events.kinds, order, 1)


def check_features(schema: EventSchema, needed: Sequence[str]) -> None:
    """Raise UnsuitedError where events lack a number that is needed of each, such as missing momentum."""
    _refuse_without("events", [name for name in needed if not schema.has_feature(name)])


def _refuse_without(what: str, lacking: Sequence[str]) -> None:
    if lacking:
        msg = f"this detector needs {what} with {', '.join(lacking)}; leave it out for these events"
        raise UnsuitedError(msg)


def checked_kinds(schema: EventSchema, known: Sequence[str]) -> NDArray[np.int8]:
    """Return, for each kind code of a data set, 1 + its index in `known`; for code 0, an empty slot, 0.

    Raises:
        UnsuitedError: the data set has a kind of object that is not known, or objects lack E, pt, eta or phi.
    """
    _refuse_without("objects", [name for name in COLUMNS[:TYPE] if not schema.has_object_feature(name)])
    strange = [kind.name for kind in schema.kinds if kind.name not in known]
    if strange:
        msg = f"no slots for objects of kind {', '.join(strange)}; this detector knows {', '.join(known)}"
        raise UnsuitedError(msg)
    return np.array([0, *(1 + list(known).index(kind.name) for kind in schema.kinds)], np.int8)
