"""Fields of stored JSON are checked against the dataclass that they become, since files travel between people."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Mapping
from typing import Any

__all__ = ["checked"]


def checked(kind: type, values: Any) -> dict[str, Any]:
    """Return values that fit the fields of a dataclass, lists turned into tuples where it has tuples.

    Raises:
        TypeError: a value is not of its field's type, or belongs to no field.
    """
    hints = _hints(kind)
    if not isinstance(values, Mapping):
        msg = f"an object with the fields of {kind.__name__} expected, not {type(values).__name__}"
        raise TypeError(msg)
    unknown = sorted(set(values) - set(hints))
    if unknown:
        msg = f"unknown field '{unknown[0]}'"
        raise TypeError(msg)
    found = {}
    for name, value in values.items():
        if isinstance(value, list) and typing.get_origin(hints[name]) is tuple:
            value = tuple(value)
        if not _fits(value, hints[name]):
            msg = f"field '{name}' is {type(value).__name__}, not {hints[name]}"
            raise TypeError(msg)
        found[name] = value
    return found


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _fits(value: Any, hint: Any) -> bool:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return True
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is typing.Literal:
        return isinstance(value, str) and value in inner
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(item, inner[0]) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(isinstance(k, str) and _fits(v, inner[1]) for k, v in value.items())
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)
