"""A number for all that a detector sees of an event, to find the same event again in another sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events

__all__ = ["event_hashes"]

_BLOCK = 65_536


def event_hashes(events: Events) -> NDArray[np.uint64]:
    """Return uint64 (n,): equal for events that are the same bit for bit, whatever the number of their empty slots.

    A sum of 32-bit words times random odd numbers, modulo 2^64 (multilinear hashing): two different events share the
    upper half with a probability of 2^-32.
    """
    found = [np.zeros(0, np.uint64)]
    for start in range(0, len(events), _BLOCK):
        block = events[start : start + _BLOCK]
        total = np.zeros(len(block), np.uint64)
        arrays = (block.objects, block.kinds.astype(np.int32), block.features, block.categories)
        for stream, array in enumerate(arrays):  # a stream each, so that empty slots, which are 0, add nothing
            words = np.ascontiguousarray(array).reshape(len(block), -1).view(np.uint32).astype(np.uint64)
            factors = np.random.default_rng([2105, 14027, stream]).integers(0, 2**63, words.shape[1], np.uint64)
            total += (words * (2 * factors + np.uint64(1))).sum(axis=1, dtype=np.uint64)
        found.append(total)
    return np.concatenate(found)
