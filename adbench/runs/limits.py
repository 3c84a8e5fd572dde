"""Limits of a run: how long it may take and how much memory it may hold. They never enter its identity."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adbench.api.errors import UsageError

__all__ = ["Limits", "parse_duration", "parse_size"]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use.

    Attributes:
        seconds: wall-clock time from start to stored result; None = no limit.
        memory: resident memory in bytes of the run and all processes it starts; None = no limit.
    """

    seconds: float | None = None
    memory: int | None = None


def parse_duration(text: str) -> float | None:
    """Return seconds from ``"90s"``, ``"10m"``, ``"3h"``, ``"1d"``, ``"1h30m"``, ``"45"`` (seconds) or ``"none"``.

    Raises:
        UsageError: the text is none of these.

    Example:
        >>> parse_duration("1h30m")
        5400.0
    """
    if text.lower() == "none":
        return None
    parts = re.findall(r"(\d+(?:\.\d+)?)([smhd]?)", text.lower())
    seconds = sum(float(number) * _SECONDS[unit or "s"] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text.lower() or not seconds > 0:
        msg = f"'{text}' is no duration; write 90s, 10m, 3h, 1h30m or none"
        raise UsageError(msg)
    return seconds


def parse_size(text: str) -> int | None:
    """Return bytes from ``"500M"``, ``"4G"``, ``"1.5GB"`` or ``"none"``; the units are powers of 1024.

    Raises:
        UsageError: the text is none of these.

    Example:
        >>> parse_size("4G") == 4 * 2**30
        True
    """
    if text.lower() == "none":
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([kmgt])(?:i?b)?", text.lower())
    size = int(float(found[1]) * _BYTES[found[2]]) if found else 0
    if size <= 0:
        msg = f"'{text}' is no amount of memory; write 500M, 4G, 1.5G or none"
        raise UsageError(msg)
    return size
