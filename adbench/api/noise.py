"""Random numbers that belong to an event, not to its place in a batch.

A score that draws latent noise must not change when events are reordered, split into batches or sent to
other workers. So the generator is a counter: draw j of event i is a hash of (seed, purpose, content of
event i, j). The hash is the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from adbench.api.events import Events

__all__ = ["content_keys", "normal", "seed_for", "uniform"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def seed_for(seed: int, *purpose: str) -> int:
    """Return a 64-bit seed for one purpose, so that streams do not depend on the order of their creation."""
    text = "\0".join([str(seed), *purpose])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def content_keys(events: Events) -> NDArray[np.uint64]:
    """Return uint64 (n,): a hash of each event's objects, kinds, features and categories.

    Empty slots do not enter, so padding an event further leaves its key as it is.
    """
    n, slots, width = events.objects.shape
    key = np.zeros(n, np.uint64)
    with np.errstate(over="ignore"):
        for slot in range(slots):
            kinds = events.kinds[:, slot]
            here = kinds.astype(np.uint64)
            for column in range(width):
                here = _mix(here + _bits(events.objects[:, slot, column]))
            key = np.where(kinds > 0, _mix(key ^ here), key)
        for column in range(events.features.shape[1]):
            key = _mix(key + _bits(events.features[:, column]) + _GOLDEN)
        for column in range(events.categories.shape[1]):
            key = _mix(key + events.categories[:, column].astype(np.uint64) + _GOLDEN)
    return key


def uniform(keys: NDArray[np.uint64], seed: int, size: int) -> NDArray[np.float64]:
    """Return float64 (n, size), uniform in (0, 1), from the events' content keys and a seed."""
    with np.errstate(over="ignore"):
        start = _mix(keys ^ np.uint64(seed))
        bits = _mix(start[:, None] + _GOLDEN * np.arange(1, size + 1, dtype=np.uint64))
    return ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def normal(keys: NDArray[np.uint64], seed: int, size: int) -> NDArray[np.float64]:
    """Return float64 (n, size), standard normal, by the Box-Muller transform of `uniform`."""
    pairs = (size + 1) // 2
    u = uniform(keys, seed, 2 * pairs)
    radius, angle = np.sqrt(-2.0 * np.log(u[:, :pairs])), 2.0 * np.pi * u[:, pairs:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)[:, :size]


def _bits(values: NDArray[np.float32]) -> NDArray[np.uint64]:
    return (np.ascontiguousarray(values, np.float32) + np.float32(0.0)).view(np.uint32).astype(np.uint64)


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
