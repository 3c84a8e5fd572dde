"""Which numbers of an event the networks see: its features where objects have been summed up, else the plain table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events, UnknownNameError

__all__ = ["Inputs"]

_ALL_BUT_MASSES = "without_masses"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Columns of an event.

    Attributes:
        features: whether they are `Events.features`; else columns of `Events.tabular`.
        places: int (d,), which columns.
        leading: slots with columns of their own in the table.
        names: of the columns, with units.
    """

    features: bool
    places: tuple[int, ...]
    leading: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, events: Events, wanted: tuple[str, ...]) -> Inputs:
        """Return the inputs of training events.

        Args:
            events: in whose schema the columns are looked up.
            wanted: names, without units; ``without_masses`` for all whose name has no mass in it; empty = all.

        Raises:
            UnknownNameError: there is no such column.
        """
        schema = events.schema
        features = not schema.object_features or events.kinds.shape[1] == 0 or len(schema.features) > 4
        names = [q.name for q in schema.features] if features else list(events.tabular.names)
        plain = [name.partition(" [")[0] for name in names]
        if wanted == (_ALL_BUT_MASSES,):
            chosen = [
                i for i, name in enumerate(plain) if "mass" not in name and not name.startswith(("m_", "m1", "m2"))
            ]
        else:
            for name in wanted:
                if name not in plain:
                    raise UnknownNameError("input column", name, [*plain, _ALL_BUT_MASSES])
            chosen = [plain.index(name) for name in wanted] if wanted else list(range(len(plain)))
        return cls(features, tuple(chosen), events.tabular.leading, tuple(names[i] for i in chosen))

    def table(self, events: Events) -> NDArray[np.float32]:
        """Return float32 (n, d)."""
        whole = events.features if self.features else events.tabular(self.leading)
        return np.ascontiguousarray(whole[:, list(self.places)], np.float32)

    def tables(self, events: Events) -> tuple[NDArray[np.float32]]:
        """Return the same as a tuple, for `adbench.torchkit`."""
        return (self.table(events),)
