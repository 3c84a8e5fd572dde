"""Names that become parts of paths: they may come from plugins, study files, records and tasks of other people."""

from __future__ import annotations

import re

from adbench.api.errors import UsageError

__all__ = ["path_name"]

_PLAIN = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]*")
_LONGEST = 100  # characters; file systems allow 255 bytes, and prefixes and suffixes are added


def path_name(kind: str, name: object) -> str:
    """Return a name that can be part of a path and of nothing but the folder that it is put into.

    Args:
        kind: what it is the name of, in the user's words ("channel").
        name: the name.

    Raises:
        UsageError: it is no text of up to 100 letters, digits and ``._+-``, or it begins with a dot.

    Example:
        >>> path_name("channel", "2a")
        '2a'
    """
    if isinstance(name, str) and len(name) <= _LONGEST and _PLAIN.fullmatch(name):
        return name
    shown = repr(name)[:_LONGEST]
    msg = f"{kind} name {shown} cannot be part of a path; use letters, digits, . _ + - (at most 100, no dot first)"
    raise UsageError(msg)
