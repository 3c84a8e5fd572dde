"""Jets and events as numbers of the whole and of each object, with the Jacobian to the schema's units.

Source: Mikuni and Nachman, arXiv:2306.03933, section 3. An object's momentum is seen as a share of the jet's where
events have one, and azimuth from opposite the missing momentum where they have that: no event depends on its turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events, EventSchema, UnsuitedError
from adbench_point_diffusion.order import in_order
from adbench_point_diffusion.params import DiffusionParams

__all__ = ["Column", "Tables", "View", "wrapped"]

How = Literal["log", "share", "log1m", "log1p", "mass", "turned", "count", "plain"]
Tables = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64]]

_COUNT, _JET_PT = "jet_multiplicity", "jet_pt"
_TINY = 1e-6  # GeV, or a share; a logarithm of nothing would be infinite
_BLOCK = 8_192  # events that are seen together


@dataclass(frozen=True, slots=True)
class Column:
    """One number of an event or of an object, and how it is seen.

    Attributes:
        name: of the quantity in the schema; empty for the number of objects where the schema has none.
        how: log = log(x / GeV), share = log(pT / jet pT), log1m = log(1 - pT / jet pT), log1p = log(1 + x / GeV),
            mass = log(1 + m / GeV) of jets alone, turned = azimuth from opposite the missing momentum, count, plain.
    """

    name: str
    how: How


@dataclass(frozen=True, slots=True)
class View:
    """What of an event the diffusion models see.

    Attributes:
        schema: of the events.
        slots: objects, hardest first.
        event: numbers of the event; the number of its objects is one of them.
        each: numbers of each object.
    """

    schema: EventSchema
    slots: int
    event: tuple[Column, ...]
    each: tuple[Column, ...]

    @classmethod
    def of(cls, schema: EventSchema, params: DiffusionParams) -> View:
        """Return the view that parameters ask for; raise UnsuitedError where events have no objects."""
        if not schema.object_features:
            msg = "these events have no objects, whose density this detector models; leave it out here"
            raise UnsuitedError(msg)
        turned = schema.has_feature("met_phi") and schema.has_object_feature("phi")
        massive = all(schema.has_object_feature(name) for name in ("pt", "eta"))
        each = []
        for quantity in schema.object_features:
            how: How = "log" if quantity.name in ("E", "pt") else "plain"
            if quantity.name == "E" and massive:
                how = "mass"
            elif quantity.name == "pt" and schema.has_feature(_JET_PT):
                how = "share" if params.momentum == "log" else "log1m"
            elif quantity.name == "phi" and turned:
                how = "turned"
            each.append(Column(quantity.name, how))
        event = [] if schema.has_feature(_COUNT) else [Column("", "count")]
        for quantity in schema.features:
            if quantity.name == "met_phi" and turned:
                continue
            logarithm = quantity.unit == "GeV" and params.numbers == "log"
            event.append(
                Column(quantity.name, "count" if quantity.name == _COUNT else "log1p" if logarithm else "plain")
            )
        return cls(schema, params.slots, tuple(event), tuple(each))

    @property
    def turned(self) -> bool:
        """Whether the missing momentum's own azimuth is uniform and left out."""
        return any(column.how == "turned" for column in self.each)

    @property
    def count(self) -> int:
        """Which of the event's numbers counts objects."""
        return [column.how for column in self.event].index("count")

    @property
    def jet_codes(self) -> NDArray[np.bool_]:
        """bool (kinds + 1,): which codes of kinds are jets; code 0 is an empty slot."""
        return np.array([False, *(kind.jet for kind in self.schema.kinds)])

    def tables(self, events: Events) -> Tables:
        """Return numbers of events, (n, E), of objects, (n, slots, D), which are there, bool, and kinds, (n, slots)."""
        blocks = [self._tables(events[start : start + _BLOCK]) for start in range(0, max(len(events), 1), _BLOCK)]
        numbers, objects, there, kinds = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        return numbers, objects, there, kinds

    def log_jacobian(self, events: Events) -> NDArray[np.float64]:
        """Return log |d numbers / d quantities of the schema|, (n,); a jet's mass stands for its energy, in GeV."""
        ordered = in_order(events, self.slots)
        kinds = ordered.kinds[:, : self.slots]
        total = np.full(len(events), -np.log(2 * np.pi) if self.turned else 0.0)
        for column in self.event:
            if column.how == "log1p":
                total -= np.log1p(events.feature(column.name).astype(np.float64))
        for column in self.each:
            x = self._seen(column, ordered)
            if column.how == "mass":
                total -= np.where(self.jet_codes[kinds], x, 0).sum(axis=1)
            elif column.how in ("log", "share", "log1m"):
                jet = np.log(self._jet_pt(ordered)) if column.how != "log" else 0.0
                total -= np.where(kinds > 0, x + jet, 0).sum(axis=1)
        return total

    def _tables(self, events: Events) -> Tables:
        ordered = in_order(events, self.slots)
        kinds = ordered.kinds[:, : self.slots].astype(np.int64)
        present = kinds > 0
        known = [present & self.jet_codes[kinds] if column.how == "mass" else present for column in self.each]
        there = np.stack(known, axis=2)
        objects = np.stack([self._seen(column, ordered) for column in self.each], axis=2)
        numbers = [self._number(column, events) for column in self.event]
        return (
            np.stack(numbers, axis=1).astype(np.float32),
            np.where(there, objects, 0).astype(np.float32),
            there,
            kinds,
        )

    def _number(self, column: Column, events: Events) -> NDArray[np.float64]:
        if not column.name:
            number: NDArray[np.float64] = events.present.sum(axis=1).astype(np.float64)
            return number
        values = events.feature(column.name).astype(np.float64)
        return np.log1p(np.maximum(values, 0)) if column.how == "log1p" else values

    def _seen(self, column: Column, ordered: Events) -> NDArray[np.float64]:
        """Return a quantity of the hardest objects as the networks see it, (n, slots)."""

        def of(name: str) -> NDArray[np.float64]:
            return ordered.object(name)[:, : self.slots].astype(np.float64)

        values = of(column.name)
        if column.how == "mass":
            return np.log1p(np.sqrt(np.maximum(values**2 - (of("pt") * np.cosh(of("eta"))) ** 2, 0)))
        if column.how == "turned":
            return wrapped(values - ordered.feature("met_phi").astype(np.float64)[:, None] - np.pi)
        if column.how in ("share", "log1m"):
            share = values / self._jet_pt(ordered)
            return np.log(np.maximum(share if column.how == "share" else 1 - share, _TINY))
        return np.log(np.maximum(values, _TINY)) if column.how == "log" else values

    def _jet_pt(self, ordered: Events) -> NDArray[np.float64]:
        return np.maximum(ordered.feature(_JET_PT).astype(np.float64), _TINY)[:, None]


def wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return angles in [-pi, pi)."""
    turned: NDArray[np.float64] = (angle + np.pi) % (2 * np.pi) - np.pi
    return turned
