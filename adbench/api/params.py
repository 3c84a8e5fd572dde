"""Parameters of detectors: frozen dataclasses, checked and documented without further machinery."""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from adbench.api.conversion import TYPES, UNFIT, Scalar, convert, is_supported
from adbench.api.errors import AdbenchError, ParameterError, PluginError, UnknownNameError

__all__ = ["NoParams", "ParameterInfo", "Scalar", "describe", "is_grid", "resolve"]


@dataclass(frozen=True, slots=True)
class NoParams:
    """No parameters: what a detector has that names none."""


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
    docs, hints = _field_comments(params), _hints(params)
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
        PluginError: the types of the fields cannot be read.

    Example:
        >>> @dataclass(frozen=True)
        ... class Params:
        ...     beta: float = 1.0
        >>> resolve(Params, {"beta": "0.5"}).beta
        0.5
    """
    known = {field.name for field in dataclasses.fields(params)}
    hints = _hints(params, owner)
    values: dict[str, Any] = {}
    for name, value in overrides.items():
        if name not in known:
            raise UnknownNameError(f"parameter of {owner}" if owner else "parameter", name, known)
        try:
            values[name] = convert(value, hints[name])
        except UNFIT:
            msg = f"parameter {name}={value!r} of {owner or params.__name__} is no {_written(hints[name])}"
            if not is_supported(hints[name]):
                msg += f", a type that no parameter can have; its author may choose {TYPES}"
            raise ParameterError(msg) from None
    try:
        return params(**values)
    except AdbenchError:
        raise
    except Exception as error:  # whatever its author raises to refuse a value, or forgot: a field without a default
        msg = f"parameters of {owner or params.__name__}: {error}"
        raise ParameterError(msg) from error


def _hints(params: type, owner: str = "") -> dict[str, Any]:
    try:
        return typing.get_type_hints(params)
    except Exception as error:  # names that are imported for type checkers alone, or misspelt
        msg = f"types of the parameters of {owner or params.__name__} cannot be read: {type(error).__name__}: {error}"
        raise PluginError(msg) from error


def is_grid(params: type, name: str, value: Any) -> bool:
    """Tell whether a value in a study file spans a grid: a list, where the field itself takes no list of such."""
    if not isinstance(value, list):
        return False
    try:
        convert(value, _hints(params).get(name, Any))
    except UNFIT:
        return True
    return False


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
