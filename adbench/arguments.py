"""Arguments of the Python interface, checked: a name that is a list of one, a number that counts, options by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from adbench.api import DatasetOptions
from adbench.api.errors import UsageError, close_matches

__all__ = ["check_known", "count", "dataset_options", "names"]


def names(given: str | Iterable[Any]) -> tuple[str, ...]:
    """Return names; a single one may stand without a list.

    Example:
        >>> names("2b"), names(["1", "2b"])
        (('2b',), ('1', '2b'))
    """
    return (given,) if isinstance(given, str) else tuple(str(name) for name in given)


def count(name: str, given: Any) -> int | None:
    """Return a whole number from 1, or None, which stands for no limit.

    Raises:
        UsageError: it is neither.
    """
    if given is None:
        return None
    try:
        number = given.__index__()  # whole numbers of numpy too, and no fractions
    except AttributeError:
        number = 0
    if number < 1 or isinstance(given, bool):
        msg = f"{name}={given!r} is no whole number from 1; leave it out for no limit"
        raise UsageError(msg)
    return int(number)


def check_known(function: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise UsageError, with the nearest valid name, for an argument that a function does not take."""
    valid = sorted(known)
    for name in given:
        if name not in valid:
            near = close_matches(name, valid, most=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            msg = f"{function} takes no argument '{name}'.{hint} All: {', '.join(valid)}"
            raise UsageError(msg)


def dataset_options(function: str, options: Mapping[str, Any], others: Iterable[str] = ()) -> DatasetOptions:
    """Return the options of a data set; its folder as an absolute path.

    Args:
        function: that was called, for the message.
        options: by name.
        others: further arguments of that function, which are offered for a name that is unknown.

    Raises:
        UsageError: there is no such option; with the nearest argument.
    """
    known = {field.name for field in dataclasses.fields(DatasetOptions)}
    check_known(function, options.keys() - known, {*known, *others})
    place = options.get("data")
    return DatasetOptions(**{**options, "data": None if place is None else Path(place).expanduser().resolve()})
