"""Probabilities of what is discrete in an event: how many objects, which of them are jets, and their kinds.

Nothing has probability 0: labels that training never saw share the weight of a few events, in the proportions of a
simpler model, so that they are surprising, finite and not all alike. In a random order of the objects an
arrangement has the probability of its set divided by the number of arrangements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["KindTuples", "Patterns", "pattern_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def pattern_of(kinds: Ints, jets: NDArray[np.bool_]) -> Ints:
    """Return the number of each event's pattern, (n,): 2^n - 1 + sum of 2^i over jets i, where n counts objects.

    Args:
        kinds: int (n, slots), filled slots first; 0 = empty.
        jets: bool (kinds + 1,), which codes are told apart; all False where none are.
    """
    number = (kinds > 0).sum(axis=1)
    bits = (jets[kinds] * 2 ** np.arange(kinds.shape[1])).sum(axis=1)
    pattern: Ints = 2**number - 1 + bits
    return pattern


class Patterns:
    """log P(pattern) for all patterns of up to n_max objects.

    Args:
        n_max: slots.
        jets: bool (kinds + 1,), as for `pattern_of`.
        shuffled: whether objects stand in random order.
        smoothing: events' worth of probability for the simpler model: numbers of objects, jets drawn alike.
    """

    def __init__(self, n_max: int, jets: NDArray[np.bool_], shuffled: bool, smoothing: float) -> None:
        self.n_max, self.jets, self.shuffled, self.smoothing = n_max, jets, shuffled, smoothing

    def log_prob(self, kinds: Ints, weights: Floats) -> Floats:
        """Return log P of every pattern, (2^(n_max + 1) - 1,), from background events."""
        counts = np.bincount(pattern_of(kinds, self.jets), weights, 2 ** (self.n_max + 1) - 1)
        of_number = np.zeros(self.n_max + 1)
        np.add.at(of_number, (kinds > 0).sum(axis=1), weights)
        present = (kinds > 0) * weights[:, None]
        share = (present * self.jets[kinds]).sum() / max(present.sum(), 1e-300)
        p_number = (of_number + 1 / (self.n_max + 1)) / (of_number.sum() + 1)
        total = counts.sum()
        found = np.empty_like(counts)
        for number in range(self.n_max + 1):
            first = 2**number - 1
            here = slice(first, first + 2**number)
            n_jets = np.array([bits.bit_count() for bits in range(2**number)])
            if self.jets.any():
                share_ = min(max(share, 1e-3), 1 - 1e-3)
                simple = p_number[number] * share_**n_jets * (1 - share_) ** (number - n_jets)
            else:
                simple = p_number[number] * (n_jets == 0)
            seen = counts[here]
            if self.shuffled:
                of_jets = np.bincount(n_jets, seen, number + 1)
                seen = of_jets[n_jets] / np.array([math.comb(number, k) for k in n_jets])
            found[here] = (seen + self.smoothing * simple) / (total + self.smoothing)
        with np.errstate(divide="ignore"):
            log_p: Floats = np.log(found)
        return log_p


@dataclass(frozen=True, slots=True)
class KindTuples:
    """log P(kinds of all slots): a table of the tuples seen in training, the rest in proportion to P(n) f(kind).

    Attributes:
        codes: sorted codes of the tuples seen; of the sorted tuples where objects stand in random order.
        counts: weight of each.
        log_simple: log f of each kind, code 0 for nothing.
        log_number: log P(n).
        shuffled: whether objects stand in random order.
        smoothing: events' worth of probability for tuples by the simpler model.
    """

    codes: Ints
    counts: Floats
    log_simple: Floats
    log_number: Floats
    shuffled: bool
    smoothing: float

    @classmethod
    def of(cls, kinds: Ints, weights: Floats, n_kinds: int, shuffled: bool, smoothing: float) -> Self:
        """Learn from background events: kinds (n, slots), filled slots first."""
        rows = -np.sort(-kinds, axis=1) if shuffled else kinds
        codes, place = np.unique(_codes(rows, n_kinds), return_inverse=True)
        counts = np.bincount(place.ravel(), weights, len(codes))
        of_kind = np.bincount(kinds[kinds > 0], np.repeat(weights, (kinds > 0).sum(axis=1)), n_kinds + 1) + 0.5
        of_kind[0] = 0
        of_number = np.bincount((kinds > 0).sum(axis=1), weights, kinds.shape[1] + 1) + 1 / (kinds.shape[1] + 1)
        with np.errstate(divide="ignore"):
            log_simple = np.log(of_kind / of_kind.sum())
        return cls(
            codes, np.asarray(counts, np.float64), log_simple, np.log(of_number / of_number.sum()), shuffled, smoothing
        )

    def log_prob(self, kinds: Ints) -> Floats:
        """Return log P of each event's tuple as it stands, (n,)."""
        n_kinds = len(self.log_simple) - 1
        number = (kinds > 0).sum(axis=1)
        simple = self.log_number[number] + np.where(kinds > 0, self.log_simple[kinds], 0).sum(axis=1)
        codes = _codes(-np.sort(-kinds, axis=1) if self.shuffled else kinds, n_kinds)
        place = np.minimum(np.searchsorted(self.codes, codes), max(len(self.codes) - 1, 0))
        seen = np.where(self.codes[place] == codes, self.counts[place], 0.0)
        if self.shuffled:
            seen = seen / arrangements(kinds, n_kinds)
        log_p: Floats = np.log(seen + self.smoothing * np.exp(simple)) - np.log(self.counts.sum() + self.smoothing)
        return log_p

    def draw(self, n: int, rng: np.random.Generator, slots: int) -> Ints:
        """Return n tuples, (n, slots), from the same probabilities; shuffled ones in any order."""
        n_kinds = len(self.log_simple) - 1
        total = self.counts.sum() + self.smoothing
        known = _kinds(self.codes[rng.choice(len(self.codes), n, p=self.counts / self.counts.sum())], slots, n_kinds)
        number = rng.choice(slots + 1, n, p=np.exp(self.log_number))
        simple = rng.choice(n_kinds + 1, (n, slots), p=np.exp(self.log_simple))
        simple = np.where(np.arange(slots) < number[:, None], simple, 0)
        return np.where(rng.random((n, 1)) < self.smoothing / total, simple, known).astype(np.int64)


def arrangements(kinds: Ints, n_kinds: int) -> Floats:
    """Return in how many orders the objects of each event can stand, (n,): n! over those of each kind."""
    factorial = np.array([math.factorial(n) for n in range(kinds.shape[1] + 1)], np.float64)
    ways: Floats = factorial[(kinds > 0).sum(axis=1)]
    for code in range(1, n_kinds + 1):
        ways = ways / factorial[(kinds == code).sum(axis=1)]
    return ways


def _codes(kinds: Ints, n_kinds: int) -> Ints:
    base = (n_kinds + 1) ** np.arange(kinds.shape[1], dtype=np.int64)
    codes: Ints = (kinds * base).sum(axis=1)
    return codes


def _kinds(codes: Ints, slots: int, n_kinds: int) -> Ints:
    return codes[:, None] // (n_kinds + 1) ** np.arange(slots, dtype=np.int64) % (n_kinds + 1)
