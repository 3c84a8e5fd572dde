"""Training, validation and test events: shuffled, copies of one generated event kept together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adbench.generation.kinematics import Array


def split_by_source(source: Array, sizes: Mapping[str, int], rng: np.random.Generator) -> dict[str, Array]:
    """Divide events into parts of exactly the given sizes; events of one source go to the same part.

    Args:
        source: (n,) number of the generated event behind each event.
        sizes: name to number of events; they add up to n.
        rng: order and division are random.

    Returns:
        Name to the indices of its events, in random order.

    Raises:
        ValueError: if the sizes do not add up, or copies cannot be kept together.
    """
    if sum(sizes.values()) != len(source):
        raise ValueError(f"{len(source)} events cannot be split into {dict(sizes)}")
    names = list(sizes)
    room = np.array(list(sizes.values()))
    _, group, count = np.unique(source, return_inverse=True, return_counts=True)
    part = np.full(len(count), -1)
    # Groups first, with a chance in proportion to the room that is left; single events then fill every part exactly.
    groups = np.flatnonzero(count > 1)
    for index in groups[rng.permutation(len(groups))][np.argsort(-count[groups], kind="stable")]:
        chance = np.where(room >= count[index], room, 0).astype(float)
        if not chance.any():
            raise ValueError("too few single events to keep the copies of each event together")
        part[index] = rng.choice(len(names), p=chance / chance.sum())
        room[part[index]] -= count[index]
    singles = np.flatnonzero(count == 1)
    part[rng.permutation(singles)] = np.repeat(np.arange(len(names)), room)
    assigned = part[group]
    return {name: rng.permutation(np.flatnonzero(assigned == i)) for i, name in enumerate(names)}


def anonymous_ids(source: Array, rng: np.random.Generator) -> Array:
    """Number the sources 1, 2, ... in random order, so that an ID says nothing but which events are copies."""
    _, group = np.unique(source, return_inverse=True)
    n = int(group.max(initial=-1)) + 1
    ids: Array = (rng.permutation(n) + 1)[group]
    return ids
