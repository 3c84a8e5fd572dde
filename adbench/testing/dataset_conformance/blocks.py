"""Samples in parts that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator

from adbench.api import Events

__all__ = ["blocks"]

_BLOCK = 65_536


def blocks(events: Events) -> Iterator[tuple[int, Events]]:
    """Yield the place of the first event of each part, and the part."""
    for start in range(0, len(events), _BLOCK):
        yield start, events[start : start + _BLOCK]
