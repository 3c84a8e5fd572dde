"""How background is divided: by a hash of its source, so that more events change no event's part."""

from __future__ import annotations

from typing import Final

import numpy as np

from adbench.generation.kinematics import Array

__all__ = ["PARTS", "SHARES", "divided"]

PARTS: Final = ("train", "validation", "test")
SHARES: Final = (0.5, 0.1, 0.4)
"""Of the background: train, validation, test."""


def divided(source: Array) -> Array:
    """Return int (n,): the part of each event; copies of one source are in one part."""
    with np.errstate(over="ignore"):  # the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)
        x = np.asarray(source).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    place = (x >> np.uint64(11)).astype(np.float64) * 2.0**-53
    part: Array = np.searchsorted(np.cumsum(SHARES)[:-1], place, side="right")
    return part
