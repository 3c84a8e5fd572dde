"""P(how many objects of each kind | how many objects), a smoothed table: nothing has probability 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["KindCounts"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class KindCounts:
    """Counts seen in training; each number of objects also has one event's worth of kinds that are drawn alike.

    Attributes:
        counts: int (rows, kinds), sorted: the tuples of counts that were seen.
        weights: (rows,), events of each.
        shares: (kinds,), of all objects; each kind counts half an object more than was seen.
    """

    counts: Ints
    weights: Floats
    shares: Floats

    @classmethod
    def of(cls, kinds: Ints, weights: Floats, n_kinds: int) -> Self:
        """Learn from background events, kinds (n, slots) with 0 for an empty slot."""
        counts, place = np.unique(_counted(kinds, n_kinds), axis=0, return_inverse=True)
        seen = np.bincount(place.ravel(), weights, len(counts))
        shares = seen @ counts + 0.5
        return cls(counts, np.asarray(seen, np.float64), shares / shares.sum())

    def log_prob(self, kinds: Ints) -> Floats:
        """Return log P of each event's counts, (n,), given their sum."""
        n_kinds = len(self.shares)
        counts = _counted(kinds, n_kinds)
        table = {row.tobytes(): weight for row, weight in zip(self.counts, self.weights, strict=True)}
        unique, place = np.unique(counts, axis=0, return_inverse=True)
        seen = np.array([table.get(row.tobytes(), 0.0) for row in unique], np.float64)[place.ravel()]
        number = counts.sum(axis=1)
        of_number = np.bincount(self.counts.sum(axis=1), self.weights, max(number.max(initial=0), 0) + 1)[number]
        factorial = np.cumsum(np.log(np.maximum(np.arange(number.max(initial=0) + 1), 1)))  # its logarithm
        alike = factorial[number] + (counts * np.log(self.shares) - factorial[counts]).sum(axis=1)
        log_p: Floats = np.log(seen + np.exp(alike)) - np.log(of_number + 1)
        return log_p

    def draw(self, numbers: Ints, rng: np.random.Generator, slots: int) -> Ints:
        """Return kinds, (n, slots), of events with so many objects, filled slots first."""
        n_kinds, of_row = len(self.shares), self.counts.sum(axis=1)
        kinds = np.zeros((len(numbers), slots), np.int64)
        for row, number in enumerate(numbers):
            here = np.flatnonzero(of_row == number)
            weights = np.append(self.weights[here], 1.0)
            chosen = rng.choice(len(weights), p=weights / weights.sum())
            counts = self.counts[here[chosen]] if chosen < len(here) else rng.multinomial(number, self.shares)
            kinds[row, :number] = np.repeat(np.arange(1, n_kinds + 1), counts)
        return kinds


def _counted(kinds: Ints, n_kinds: int) -> Ints:
    return np.stack([(kinds == code).sum(axis=1) for code in range(1, n_kinds + 1)], axis=1).astype(np.int64)
