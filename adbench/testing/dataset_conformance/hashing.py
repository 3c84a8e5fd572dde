"""A number for all that a detector sees of an event, to find the same event again in another sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events
from adbench.testing.dataset_conformance.blocks import blocks

__all__ = ["event_hashes", "same_events"]


def event_hashes(events: Events) -> NDArray[np.uint64]:
    """Return uint64 (n,): equal for events with the same numbers, whatever the number of their empty slots.

    A sum of 32-bit words times random odd numbers, modulo 2^64 (multilinear hashing): two different events share the
    upper half with a probability of 2^-32.
    """
    found = [np.zeros(0, np.uint64)]
    for _, block in blocks(events):
        total = np.zeros(len(block), np.uint64)
        zero = np.float32(0)  # -0 + 0 = 0: the sign of a zero is no difference
        arrays = (block.objects + zero, block.kinds.astype(np.int32), block.features + zero, block.categories)
        for stream, array in enumerate(arrays):  # a stream each, so that empty slots, which are 0, add nothing
            words = np.ascontiguousarray(array).reshape(len(block), -1).view(np.uint32).astype(np.uint64)
            factors = np.random.default_rng([2105, 14027, stream]).integers(0, 2**63, words.shape[1], np.uint64)
            total += (words * (2 * factors + np.uint64(1))).sum(axis=1, dtype=np.uint64)
        found.append(total)
    return np.concatenate(found)


def same_events(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> int:
    """Return how many events two samples share, by their hashes.

    Contents that a sample has more than once, as those of events without objects, are the same by chance.
    """
    once = []
    for hashes in (first, second):
        contents, times = np.unique(hashes, return_counts=True)
        once.append(contents[times == 1])
    return len(np.intersect1d(once[0], once[1], assume_unique=True))
