"""Parameters of detectors: frozen dataclasses, checked and documented without further machinery."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import math
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from adbench.api.errors import ParameterError, UnknownNameError

__all__ = ["NoParams", "ParameterInfo", "Scalar", "describe", "is_grid", "resolve"]


_UNFIT = (TypeError, ValueError, OverflowError)  # what a conversion raises for a value that does not fit


@dataclass(frozen=True, slots=True)
class NoParams:
    """No parameters: what a detector has that names none."""


class Scalar:
    """Type of a parameter that may be a number, a truth value, a text or None, as estimators often take them.

    A value keeps the type that it is written with: ``1`` and ``1.0``, ``true``, ``none`` and ``scale`` all differ.
    """


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """One parameter as a user sees it.

    Attributes:
        name: its name.
        type: its type, as written.
        default: its default value.
        doc: the comment behind the field: where the value comes from.
    """

    name: str
    type: str
    default: Any
    doc: str


def describe(params: type) -> list[ParameterInfo]:
    """Return the parameters of a dataclass in order, each with the comment that follows it in the source."""
    docs, hints = _field_comments(params), typing.get_type_hints(params)
    return [
        ParameterInfo(field.name, _written(hints[field.name]), _default(field), docs.get(field.name, ""))
        for field in dataclasses.fields(params)
    ]


def resolve(params: type, overrides: Mapping[str, Any], owner: str = "") -> Any:
    """Return `params` with the overrides, each converted to its field's type.

    Args:
        params: a frozen dataclass.
        overrides: values by name; text (from the command line) is converted: ``"0.1"``, ``"true"``, ``"3,5"``.
        owner: the detector's name, for messages.

    Raises:
        UnknownNameError: no such parameter.
        ParameterError: a value does not fit its type, or the dataclass refuses it.

    Example:
        >>> @dataclass(frozen=True)
        ... class Params:
        ...     beta: float = 1.0
        >>> resolve(Params, {"beta": "0.5"}).beta
        0.5
    """
    known = {field.name for field in dataclasses.fields(params)}
    hints = typing.get_type_hints(params)
    values: dict[str, Any] = {}
    for name, value in overrides.items():
        if name not in known:
            raise UnknownNameError(f"parameter of {owner}" if owner else "parameter", name, known)
        try:
            values[name] = _convert(value, hints[name])
        except _UNFIT:
            msg = f"parameter {name}={value!r} of {owner or params.__name__} is no {_written(hints[name])}"
            raise ParameterError(msg) from None
    try:
        return params(**values)
    except ValueError as error:
        msg = f"parameters of {owner or params.__name__}: {error}"
        raise ParameterError(msg) from error


def is_grid(params: type, name: str, value: Any) -> bool:
    """Tell whether a value in a study file spans a grid: a list, where the field itself takes no list of such."""
    if not isinstance(value, list):
        return False
    try:
        _convert(value, typing.get_type_hints(params).get(name, Any))
    except _UNFIT:
        return True
    return False


def _convert(value: Any, hint: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if hint is Scalar:
        return _scalar(value)
    if origin is Literal:
        return _one_of(value, arguments)
    if origin in (typing.Union, types.UnionType):
        return _first_fit(value, arguments)
    if origin is tuple:
        return _tuple(value, arguments)
    if hint is type(None):
        if value is None or value in ("none", "None", ""):
            return None
        raise ValueError(value)
    if hint is bool:
        return _bool(value)
    if hint is int:
        return _int(value)
    if hint is float and isinstance(value, (int, float, str)) and not isinstance(value, bool):
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(value)
        return number
    if hint is str and isinstance(value, str):
        return value
    raise ValueError(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        words: dict[str, Any] = {"none": None, "true": True, "false": False}
        if value.lower() in words:
            return words[value.lower()]
        for number in (int, float):
            with contextlib.suppress(ValueError):
                return _scalar(number(value))
        return value
    if value is None or (isinstance(value, (bool, int, float)) and math.isfinite(value)):
        return value
    raise ValueError(value)


def _one_of(value: Any, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        if value == choice or (isinstance(value, str) and value == str(choice)):
            return choice
    raise ValueError(value)


def _first_fit(value: Any, hints: tuple[Any, ...]) -> Any:
    for hint in sorted(hints, key=lambda h: h is not type(None)):
        try:
            return _convert(value, hint)
        except _UNFIT:
            continue
    raise ValueError(value)


def _tuple(value: Any, hints: tuple[Any, ...]) -> tuple[Any, ...]:
    items = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else list(value)
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_convert(item, hints[0]) for item in items)
    if len(items) != len(hints):
        raise ValueError(value)
    return tuple(_convert(item, hint) for item, hint in zip(items, hints, strict=True))


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ValueError(value)


def _int(value: Any) -> int:
    number = float(value) if isinstance(value, str) else value
    if isinstance(value, bool) or not isinstance(number, (int, float)) or number != int(number):
        raise ValueError(value)
    return int(value) if isinstance(value, str) and value.lstrip("+-").isdigit() else int(number)


def _written(hint: Any) -> str:
    if hint is Scalar:
        return "value"
    if typing.get_origin(hint) is Literal:
        return "one of " + ", ".join(map(repr, typing.get_args(hint)))
    return str(hint) if typing.get_origin(hint) else getattr(hint, "__name__", str(hint))


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return None if field.default is dataclasses.MISSING else field.default


def _field_comments(params: type) -> dict[str, str]:
    docs: dict[str, str] = {}
    for cls in reversed(params.__mro__[:-1]):
        try:
            source = inspect.getsource(cls)
        except (OSError, TypeError):
            continue
        for line in source.splitlines():
            found = re.match(r"\s+(\w+)\s*:[^#]*#\s*(.+)", line)
            if found:
                docs[found[1]] = found[2].strip()
    return docs
