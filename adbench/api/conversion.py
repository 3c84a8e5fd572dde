"""A value of a parameter as the type of its field: from a command line, a study file or the record of a run."""

from __future__ import annotations

import contextlib
import math
import types
import typing
from typing import Any, Literal

__all__ = ["TYPES", "UNFIT", "Scalar", "convert", "is_supported"]

TYPES = "bool, int, float, str, None, Literal[...], tuple[...] of these, X | Y of these, Scalar, Any"
"""The types that a parameter may have, in words."""

UNFIT = (TypeError, ValueError, OverflowError)
"""What a conversion raises for a value that does not fit."""


class Scalar:
    """Type of a parameter that may be a number, a truth value, a text or None, as estimators often take them.

    A value keeps the type that it is written with: ``1`` and ``1.0``, ``true``, ``none`` and ``scale`` all differ.
    """


def is_supported(hint: Any) -> bool:
    """Tell whether a parameter may have a type: whether values of it can be written, stored and compared."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return True
    if origin in (typing.Union, types.UnionType, tuple):
        return all(is_supported(argument) for argument in arguments if argument is not Ellipsis)
    return any(hint is known for known in (Any, Scalar, type(None), bool, int, float, str))


def convert(value: Any, hint: Any) -> Any:
    """Return a value as a supported type has it; raise one of `UNFIT` when it does not fit."""
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
            return convert(value, hint)
        except UNFIT:
            continue
    raise ValueError(value)


def _tuple(value: Any, hints: tuple[Any, ...]) -> tuple[Any, ...]:
    items = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else list(value)
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(convert(item, hints[0]) for item in items)
    if len(items) != len(hints):
        raise ValueError(value)
    return tuple(convert(item, hint) for item, hint in zip(items, hints, strict=True))


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
