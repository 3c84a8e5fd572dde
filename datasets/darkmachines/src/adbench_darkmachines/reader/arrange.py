"""From a flat list of objects to padded events, hardest object first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench_darkmachines.reader.compiled import compiled
from adbench_darkmachines.selection import PT

__all__ = ["arrange"]


@compiled
def arrange(
    objects: NDArray[np.float32], kinds: NDArray[np.int8], first: NDArray[np.int64], kept: NDArray[np.bool_], slots: int
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Pad the kept objects, by descending pT in each event; those of the same pT stay in the order of the file.

    Args:
        objects: float32 (m, 4) of `parse`.
        kinds: int8 (m,) of `parse`.
        first: int64 (n + 1,) of `parse`.
        kept: bool (m,), which objects to keep.
        slots: number of slots at least.

    Returns:
        objects float32 (n, slots, 4), kinds int8 (n, slots), with more slots where the busiest event needs them.
    """
    n, features = len(first) - 1, objects.shape[1]
    busiest = 0
    for i in range(n):
        used = 0
        for j in range(first[i], first[i + 1]):
            used += kept[j]
        busiest = max(busiest, used)
    padded = np.zeros((n, max(slots, busiest), features), np.float32)
    codes = np.zeros((n, max(slots, busiest)), np.int8)
    for i in range(n):
        used = 0
        for j in range(first[i], first[i + 1]):
            if not kept[j]:
                continue
            slot = used
            while slot > 0 and padded[i, slot - 1, PT] < objects[j, PT]:
                for k in range(features):
                    padded[i, slot, k] = padded[i, slot - 1, k]
                codes[i, slot] = codes[i, slot - 1]
                slot -= 1
            for k in range(features):
                padded[i, slot, k] = objects[j, k]
            codes[i, slot] = kinds[j]
            used += 1
    return padded, codes
