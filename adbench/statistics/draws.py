"""Bootstrap draws of independent sources: how often each one is in each replica.

Events that are copies of one generated event share a source, and sources are drawn, not events. Detectors that scored
the same events are given the same draws, so that what they have in common cancels in their comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Scored

__all__ = ["Draws", "cluster_draws", "numbered_sources", "seed_weights", "source_draws", "summed"]

Draws = NDArray[np.float32]
"""float32 (replicas, n_sources): how often each source is drawn."""

_BYTES = 64 * 2**20  # of one block of draws


def numbered_sources(samples: Sequence[Scored]) -> tuple[list[NDArray[np.int64]], int]:
    """Return the number of each event's source, for each sample, and how many sources there are in all.

    Samples share their sources: the same source has the same number in each. Where sources are not known, events of the
    same place are the same.
    """
    names = [np.arange(len(sample)) if sample.sources is None else sample.sources for sample in samples]
    if all(np.array_equal(other, names[0]) for other in names[1:]):  # the usual case: the same events
        found, numbers = np.unique(names[0], return_inverse=True)
        return [numbers.astype(np.int64)] * len(names), len(found)
    found = np.unique(np.concatenate(names))
    return [np.searchsorted(found, each).astype(np.int64) for each in names], len(found)


def source_draws(n_sources: int, replicas: int, rng: np.random.Generator) -> Iterator[Draws]:
    """Yield blocks float32 (some, n_sources) of the times that each source is drawn; `replicas` rows in all."""
    block = max(1, _BYTES // (4 * max(n_sources, 1)))
    for start in range(0, replicas, block):
        rows = min(block, replicas - start)
        drawn = rng.integers(0, n_sources, (rows, n_sources))
        drawn += (np.arange(rows) * n_sources)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * n_sources)
        yield counts.reshape(rows, n_sources).astype(np.float32)


def summed(sources: NDArray[np.int64], values: NDArray[np.float64], n_sources: int) -> NDArray[np.float64]:
    """Return float64 (n_sources,): the sum of values over the events of each source."""
    return np.asarray(np.bincount(sources, values, n_sources), np.float64)


def cluster_draws(clusters: Sequence[str], replicas: int, rng: np.random.Generator) -> list[list[tuple[int, int]]]:
    """Return for each replica the columns that are in it, with the number of the drawn cluster that brought each.

    Args:
        clusters: the cluster of each column; clusters are drawn whole, as many as there are.
        replicas: how many replicas.
        rng: source of chance.
    """
    members: dict[str, list[int]] = {}
    for column, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(column)
    groups = list(members.values())
    chosen = rng.integers(0, len(groups), (replicas, len(groups)))
    return [[(column, copy) for copy, k in enumerate(row) for column in groups[k]] for row in chosen.tolist()]


def seed_weights(seeds: int, replicas: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return float64 (replicas, seeds): the weights of trainings in a bootstrap of their mean; each row sums to 1.

    A plain bootstrap of k values makes the variance of their mean too small by (k - 1) / k, which matters for few
    seeds; so weights deviate from 1 / k by sqrt(k / (k - 1)) times what was drawn (Rao and Wu, JASA 83 (1988) 231).
    One seed says nothing of the spread: its weight is 1.
    """
    if seeds < 2:
        return np.ones((replicas, seeds))
    drawn = rng.integers(0, seeds, (replicas, seeds))
    counts = np.stack([(drawn == seed).sum(axis=1) for seed in range(seeds)], axis=1) / seeds
    return np.asarray(1.0 / seeds + np.sqrt(seeds / (seeds - 1.0)) * (counts - 1.0 / seeds), np.float64)
