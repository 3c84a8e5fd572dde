"""Events as the numbers that a flow models: the hardest objects in logarithms of GeV and angles, and their kinds.

Source: Verheyen, arXiv:2205.01697, section 4.1, and its public code; azimuth from the missing momentum is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events, EventSchema, UnsuitedError
from adbench_surjective_flow.params import SurjectiveParams

__all__ = ["Column", "Tables", "View", "hardest"]

How = Literal["log", "log1p", "mass", "angle", "cosine", "plain"]
Tables = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]

_Number = TypeVar("_Number", bound=np.generic)
_EDGE = 1e-7  # a share; single precision knows no cosine closer to 1
_TINY = 1e-6  # GeV; a logarithm of nothing would be infinite


@dataclass(frozen=True, slots=True)
class Column:
    """One number of an event or of an object, and how the flow sees it.

    Attributes:
        name: of the quantity in the schema; E for a mass.
        how: log and log1p of GeV, mass = log(1 + m / GeV) of jets alone, angle in [-pi, pi), cosine = the normal
            number that a uniform one in its place would be, plain = as it is.
    """

    name: str
    how: How


@dataclass(frozen=True, slots=True)
class View:
    """What of an event a flow models.

    Attributes:
        schema: of the events.
        n_max: objects, hardest first.
        event: numbers of the event.
        each: numbers of each object.
        sorted: whether objects are taken hardest first; else as the events name them.
        turned: whether azimuth is measured from opposite the missing momentum, whose own azimuth is then uniform.
    """

    schema: EventSchema
    n_max: int
    event: tuple[Column, ...]
    each: tuple[Column, ...]
    turned: bool
    sorted: bool = True

    @classmethod
    def of(cls, schema: EventSchema, params: SurjectiveParams) -> View:
        """Return the view that parameters ask for; raise UnsuitedError where events have no objects."""
        if not schema.object_features:
            msg = "these events have no objects with numbers of their own, which this flow is about; leave it out here"
            raise UnsuitedError(msg)
        turned = params.frame == "met" and schema.has_feature("met_phi") and schema.has_object_feature("phi")
        massive = params.energy == "mass" and all(schema.has_object_feature(name) for name in ("pt", "eta"))
        each = []
        for quantity in schema.object_features:
            if quantity.name == "E" and params.energy == "drop":
                continue
            mass = quantity.name == "E" and massive
            logarithm = quantity.name in ("E", "pt")
            how: How = "mass" if mass else "log" if logarithm else "angle" if quantity.periodic else "plain"
            each.append(Column(quantity.name, "cosine" if quantity.name == "cos_theta" else how))
        event = [
            Column(q.name, "angle" if q.periodic else "log1p" if q.name == "met" else "plain")
            for q in schema.features
            if not (turned and q.name == "met_phi")
        ]
        return cls(schema, params.n_max, tuple(event), tuple(each), turned, params.order != "given")

    @property
    def dims(self) -> int:
        """How many numbers an event with all its objects has."""
        return len(self.event) + self.n_max * len(self.each)

    @property
    def categories(self) -> tuple[int, ...]:
        """How many values each label of the event has."""
        return tuple(size for _, size in self.schema.categories)

    @property
    def masses(self) -> bool:
        """Whether jets have a number that other objects lack."""
        return any(column.how == "mass" for column in self.each)

    @property
    def angles(self) -> NDArray[np.bool_]:
        """bool (dims,): which numbers are angles."""
        columns = [*self.event, *self.each * self.n_max]
        return np.array([column.how == "angle" for column in columns], bool)

    @property
    def jet_codes(self) -> NDArray[np.bool_]:
        """bool (kinds + 1,): which codes of kinds are jets; code 0 is an empty slot."""
        return np.array([False, *(kind.jet for kind in self.schema.kinds)])

    def tables(self, events: Events) -> Tables:
        """Return numbers, float32 (n, dims), which of them are there, bool (n, dims), kinds, int64 (n, n_max), labels.

        Labels are those of the event, int64 (n, categories).
        """
        objects, kinds = self._objects(events)
        present = kinds > 0
        columns, there = [], []
        for column in self.each:
            values = self._seen(column, objects, events)
            known = present & self.jet_codes[kinds] if column.how == "mass" else present
            columns.append(np.where(known, values, 0))
            there.append(known)
        shape = (len(events), self.n_max * len(self.each))
        of_objects, known = np.stack(columns, axis=2).reshape(shape), np.stack(there, axis=2).reshape(shape)
        of_event = [_transformed(column.how, events.feature(column.name))[:, None] for column in self.event]
        values = np.concatenate([*of_event, of_objects], axis=1)
        known = np.concatenate([np.ones((len(events), len(self.event)), bool), known], axis=1)
        return np.asarray(values, np.float32), known, kinds.astype(np.int64), events.categories.astype(np.int64)

    def log_jacobian(self, events: Events) -> NDArray[np.float64]:
        """Return log |d numbers / d quantities of the schema|, (n,); a mass stands for itself, in GeV."""
        objects, kinds = self._objects(events)
        total = np.full(len(events), -np.log(2 * np.pi) if self.turned else 0.0)
        for column in self.event:
            if column.how == "log1p":
                total -= np.log1p(events.feature(column.name).astype(np.float64))
        for column in self.each:
            if column.how in ("log", "mass"):
                values = self._seen(column, objects, events).astype(np.float64)  # d log x / dx = 1 / x = exp(-log x)
                known = (kinds > 0) & (self.jet_codes[kinds] if column.how == "mass" else True)
                total -= np.where(known, values, 0).sum(axis=1)
            if column.how == "cosine":  # dx / dcos = 1/2 / phi(x)
                values = self._seen(column, objects, events).astype(np.float64)
                slope = 0.5 * values**2 + 0.5 * np.log(2 * np.pi) - np.log(2)
                total += np.where(kinds > 0, slope, 0).sum(axis=1)
        return total

    def _objects(self, events: Events) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
        return hardest(events, self.n_max) if self.sorted else first(events, self.n_max)

    def _seen(self, column: Column, objects: NDArray[np.float32], events: Events) -> NDArray[np.float64]:
        values = objects[..., self.schema.object_index(column.name)].astype(np.float64)
        if column.how == "mass":
            pt, eta = (objects[..., self.schema.object_index(name)].astype(np.float64) for name in ("pt", "eta"))
            return np.log1p(np.sqrt(np.maximum(values**2 - (pt * np.cosh(eta)) ** 2, 0)))
        if column.how == "angle" and self.turned and column.name == "phi":
            return wrapped(values - events.feature("met_phi").astype(np.float64)[:, None] - np.pi)
        return _transformed(column.how, values)


def hardest(events: Events, n: int) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the n hardest objects, (events, n, features), and their kinds, (events, n); empty slots come last.

    Objects without a pT are sorted by the cosine of their polar angle, largest first; without that they stay.
    """
    keys = [name for name in ("pt", "cos_theta") if events.schema.has_object_feature(name)]
    return first(events, n, events.object(keys[0]) if keys else None)


def first(
    events: Events, n: int, key: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the n objects of largest key, as they stand where there is none, and kinds; empty slots come last."""
    key = np.zeros(events.kinds.shape, np.float32) if key is None else key
    order = np.argsort(-np.where(events.present, key, -np.inf), axis=1, kind="stable")[:, :n]
    objects = np.take_along_axis(events.objects, order[:, :, None], 1)
    kinds = np.take_along_axis(events.kinds, order, 1)
    return _filled(objects, n), _filled(kinds, n)


def wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return angles in [-pi, pi)."""
    return (angle + np.pi) % (2 * np.pi) - np.pi


def _transformed(how: How, values: NDArray[np.floating]) -> NDArray[np.float64]:
    x = values.astype(np.float64)
    if how == "log":
        return np.log(np.maximum(x, _TINY))
    if how == "log1p":
        return np.log1p(np.maximum(x, 0))
    if how == "cosine":
        from torch import from_numpy, special

        return np.asarray(special.ndtri(from_numpy(np.clip((1 + x) / 2, _EDGE, 1 - _EDGE))).numpy(), np.float64)
    return wrapped(x) if how == "angle" else x


def _filled(values: NDArray[_Number], n: int) -> NDArray[_Number]:
    return np.pad(values, [(0, 0), (0, n - values.shape[1]), *[(0, 0)] * (values.ndim - 2)])
