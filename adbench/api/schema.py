"""What the numbers of an event mean: names, units, kinds of objects, processes.

One description serves every view, plot and detector of a data set.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from adbench.api.errors import UnknownNameError

__all__ = ["EventSchema", "Kind", "Quantity"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured number: its name, unit and behaviour.

    Attributes:
        name: short name, such as ``pt``.
        unit: ``GeV``, ``rad`` or empty for a pure number.
        label: axis label, with mathematics between dollar signs.
        periodic: an angle in radians that wraps at 2 pi.
    """

    name: str
    unit: Literal["GeV", "rad", ""] = ""
    label: str = ""
    periodic: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of reconstructed object, such as an electron.

    Attributes:
        name: symbol in the files and tables, such as ``e-``.
        label: name on a plot's axis.
        jet: whether it counts in HT, the scalar sum of jet transverse momenta.
    """

    name: str
    label: str = ""
    jet: bool = False


@dataclass(frozen=True, slots=True)
class EventSchema:
    """Names and units of everything in `Events`.

    Attributes:
        object_features: the last axis of ``Events.objects``.
        kinds: ``Events.kinds`` holds 1 + the index into this tuple; 0 is an empty slot.
        features: the columns of ``Events.features``.
        categories: the columns of ``Events.categories``: a name and its number of values each.
        processes: ``Events.aux["process"]`` holds the index into this tuple.
        objects: what a row of ``Events.objects`` is called ("object", "constituent").
    """

    object_features: tuple[Quantity, ...]
    kinds: tuple[Kind, ...]
    features: tuple[Quantity, ...] = ()
    categories: tuple[tuple[str, int], ...] = ()
    processes: tuple[str, ...] = ()
    objects: str = "object"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON, that `from_dict` reads back to the same schema."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the schema that `as_dict` gave; raise KeyError or TypeError where it is none."""
        return cls(
            object_features=tuple(Quantity(**one) for one in stored["object_features"]),
            kinds=tuple(Kind(**one) for one in stored["kinds"]),
            features=tuple(Quantity(**one) for one in stored["features"]),
            categories=tuple((name, int(n)) for name, n in stored["categories"]),
            processes=tuple(stored["processes"]),
            objects=stored["objects"],
        )

    def object_index(self, name: str) -> int:
        """Return the column of an object feature; raise UnknownNameError when there is none."""
        return _index("object feature", name, [quantity.name for quantity in self.object_features])

    def feature_index(self, name: str) -> int:
        """Return the column of an event feature; raise UnknownNameError when there is none."""
        return _index("event feature", name, [quantity.name for quantity in self.features])

    def kind_code(self, name: str) -> int:
        """Return the number that stands for a kind in ``Events.kinds``; raise UnknownNameError."""
        return 1 + _index("kind of object", name, [kind.name for kind in self.kinds])

    def has_feature(self, name: str) -> bool:
        """Tell whether events carry the feature."""
        return any(quantity.name == name for quantity in self.features)

    def has_object_feature(self, name: str) -> bool:
        """Tell whether objects carry the feature."""
        return any(quantity.name == name for quantity in self.object_features)


def _index(what: str, name: str, known: list[str]) -> int:
    if name not in known:
        raise UnknownNameError(what, name, known)
    return known.index(name)
