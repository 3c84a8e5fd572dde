"""Events: the arrays that every data set gives and every detector reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError
from adbench.api.schema import EventSchema
from adbench.api.tabular import TabularView

__all__ = ["Events"]

_DTYPES = {
    "objects": "float32",
    "kinds": "int8",
    "features": "float32",
    "categories": "int32",
    "weights": "float32",
}


@dataclass(frozen=True, slots=True)
class Events:
    """Events (or jets) as padded arrays; row i is one event. Arrays may be memory maps: never write to them.

    Attributes:
        objects: float32 (n, max_objects, n_object_features), GeV and rad; 0 in empty slots.
        kinds: int8 (n, max_objects); 0 = empty slot, else 1 + index into ``schema.kinds``.
        features: float32 (n, n_features); event level, such as missing energy in GeV.
        categories: int32 (n, n_categories); discrete labels of the event, often none.
        weights: float32 (n,); detectors weight their loss with them.
        schema: names and units of all of these.
        aux: further arrays by name, one row per event (process, source id, m_jj). The harness strips
            them before a detector sees the events; a prior keeps which of its events are copies of one source.

    Raises:
        DataError: an array has another type or length than stated here.
    """

    objects: NDArray[np.float32]
    kinds: NDArray[np.int8]
    features: NDArray[np.float32]
    categories: NDArray[np.int32]
    weights: NDArray[np.float32]
    schema: EventSchema
    aux: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.objects)
        shapes = {
            "objects": (
                n,
                self.kinds.shape[1] if self.kinds.ndim == 2 else -1,
                len(self.schema.object_features),
            ),
            "kinds": (n, self.objects.shape[1] if self.objects.ndim == 3 else -1),
            "features": (n, len(self.schema.features)),
            "categories": (n, len(self.schema.categories)),
            "weights": (n,),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape or array.dtype != _DTYPES[name]:
                msg = f"Events.{name} is {array.dtype} {array.shape}; expected {_DTYPES[name]} {shape}"
                raise DataError(msg)
        for name, array in self.aux.items():
            if len(array) != n:
                msg = f"Events.aux[{name!r}] has {len(array)} rows for {n} events"
                raise DataError(msg)

    def __len__(self) -> int:
        return len(self.weights)

    def __getitem__(self, rows: slice | NDArray[Any]) -> Events:
        """Return the chosen rows: a slice (a view), a boolean mask or an array of indices."""
        return replace(
            self,
            objects=self.objects[rows],
            kinds=self.kinds[rows],
            features=self.features[rows],
            categories=self.categories[rows],
            weights=self.weights[rows],
            aux={name: array[rows] for name, array in self.aux.items()},
        )

    @classmethod
    def build(
        cls,
        schema: EventSchema,
        objects: NDArray[Any],
        kinds: NDArray[Any],
        features: NDArray[Any] | None = None,
        categories: NDArray[Any] | None = None,
        weights: NDArray[Any] | None = None,
        aux: Mapping[str, NDArray[Any]] | None = None,
    ) -> Events:
        """Return events with the right types from any numeric arrays; what is left out is empty, weights are 1.

        Example:
            >>> from adbench.api import EventSchema, Kind, Quantity
            >>> schema = EventSchema((Quantity("pt", "GeV"),), (Kind("j", jet=True),))
            >>> len(Events.build(schema, [[[50.0], [0.0]]], [[1, 0]]))
            1
        """
        n = len(objects)
        return cls(
            objects=np.asarray(objects, np.float32),
            kinds=np.asarray(kinds, np.int8),
            features=np.zeros((n, 0), np.float32) if features is None else np.asarray(features, np.float32),
            categories=np.zeros((n, 0), np.int32) if categories is None else np.asarray(categories, np.int32),
            weights=np.ones(n, np.float32) if weights is None else np.asarray(weights, np.float32),
            schema=schema,
            aux={} if aux is None else dict(aux),
        )

    @classmethod
    def concatenate(cls, parts: Sequence[Events]) -> Events:
        """Return the events of all parts, in order, padded to the widest; aux keeps what all parts have."""
        if any(part.schema != parts[0].schema for part in parts):
            msg = "events of different schemas cannot be joined"
            raise DataError(msg)
        width = max(part.kinds.shape[1] for part in parts)
        shared = set.intersection(*(set(part.aux) for part in parts))
        wide = [part.padded(width) for part in parts]
        return replace(
            parts[0],
            objects=np.concatenate([part.objects for part in wide]),
            kinds=np.concatenate([part.kinds for part in wide]),
            features=np.concatenate([part.features for part in wide]),
            categories=np.concatenate([part.categories for part in wide]),
            weights=np.concatenate([part.weights for part in wide]),
            aux={name: np.concatenate([part.aux[name] for part in wide]) for name in sorted(shared)},
        )

    def padded(self, max_objects: int) -> Events:
        """Return the events with exactly this many slots: empty ones added, or the last ones cut off."""
        have = self.kinds.shape[1]
        if max_objects <= have:
            return replace(self, objects=self.objects[:, :max_objects], kinds=self.kinds[:, :max_objects])
        more = max_objects - have
        return replace(
            self,
            objects=np.pad(self.objects, ((0, 0), (0, more), (0, 0))),
            kinds=np.pad(self.kinds, ((0, 0), (0, more))),
        )

    def stripped(self) -> Events:
        """Return the events as a detector sees them: without aux."""
        return replace(self, aux={})

    def as_prior(self) -> Events:
        """Return the events as a detector is told of a prior: without aux but for ``source``, numbered from 0.

        Copies of one source share a number, so that a detector can divide a prior by source (`held_out`); the numbers
        say nothing else, being those of first appearance.
        """
        source = np.asarray(self.aux.get("source", np.arange(len(self))))
        _, first, place = np.unique(source, return_index=True, return_inverse=True)
        number = np.empty(len(first), np.int64)
        number[np.argsort(first)] = np.arange(len(first))
        return replace(self, aux={"source": number[place]})

    @property
    def present(self) -> NDArray[np.bool_]:
        """bool (n, max_objects): slots that hold an object."""
        return self.kinds > 0

    def of_kind(self, *names: str) -> NDArray[np.bool_]:
        """Return bool (n, max_objects): slots that hold an object of one of these kinds."""
        return np.isin(self.kinds, [self.schema.kind_code(name) for name in names])

    def object(self, name: str) -> NDArray[np.float32]:
        """Return float32 (n, max_objects): one quantity of all objects, 0 in empty slots."""
        return self.objects[:, :, self.schema.object_index(name)]

    def feature(self, name: str) -> NDArray[np.float32]:
        """Return float32 (n,): one quantity of the event."""
        return self.features[:, self.schema.feature_index(name)]

    @property
    def tabular(self) -> TabularView:
        """A flat view for estimators that want a table: ``events.tabular()`` and ``events.tabular.names``."""
        return TabularView(self)
