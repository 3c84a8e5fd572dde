"""Whether a disk has room, asked before anything is written."""

from __future__ import annotations

import shutil
from pathlib import Path

from adbench.api.errors import MissingError

__all__ = ["free_bytes", "readable", "require_room"]


def free_bytes(folder: Path) -> int:
    """Return the bytes that can be written to the disk of a folder, which need not exist yet."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    return shutil.disk_usage(there).free


def require_room(folder: Path, needed: int, what: str) -> None:
    """Raise MissingError where a disk has less room than needed.

    Args:
        folder: where it is to be written.
        needed: bytes.
        what: what is to be written, for the message.
    """
    free = free_bytes(folder)
    if free < needed:
        msg = f"{what} needs {readable(needed)} in {folder}, but its disk has {readable(free)} left. "
        msg += "Make room there or choose another folder with --out; the same command continues"
        raise MissingError(msg)


def readable(size: float) -> str:
    """Return a number of bytes in decimal units.

    Example:
        >>> readable(999), readable(2_500_000)
        ('999 B', '2.5 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
