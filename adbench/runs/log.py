"""The log of a run: all that its process wrote, kept at a size that one can open."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["trim_log"]

_HEAD, _TAIL = 100_000, 900_000  # bytes kept of a longer log


def trim_log(path: Path) -> None:
    """Cut the middle out of a log of more than a megabyte; say how much went."""
    size = path.stat().st_size
    if size <= _HEAD + _TAIL:
        return
    with path.open("rb") as log:
        head = log.read(_HEAD)
        log.seek(-_TAIL, os.SEEK_END)
        tail = log.read()
    short = path.with_suffix(".short")
    short.write_bytes(head + f"\n[... {size - _HEAD - _TAIL} bytes left out ...]\n".encode() + tail)
    short.replace(path)
