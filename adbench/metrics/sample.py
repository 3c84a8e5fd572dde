"""A scored sample in order: what all metrics look things up in.

Sorting is the dearest part of a metric, and one background serves many signals and metrics, so the last few
samples are kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Scored
from adbench.metrics.checks import check_sample, with_weight

__all__ = ["Ordered", "ordered"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """A sample by ascending score.

    Attributes:
        scores: float64 (n,), ascending.
        passing: float64 (n + 1,); element k is the share of weight in the k highest scores, so it runs from 0 to 1.
        shares: float64 (n,), each event's share of the weight; None: 1/n each.
        sources: int64 (n,), 0 <= source < n_sources; None: every event is its own source.
        n_sources: number of independent sources.
        effective: effective number of independent events, (sum w)^2 / sum w^2 over sources.
        smallest_fold: the same of the smallest fold; equal to `effective` where there are no folds.
        folds: number of folds; 1 where there are none.
    """

    scores: Floats
    passing: Floats
    shares: Floats | None
    sources: NDArray[np.int64] | None
    n_sources: int
    effective: float
    smallest_fold: float
    folds: int = 1

    def __len__(self) -> int:
        return len(self.scores)

    def above(self, threshold: Floats) -> Floats:
        """Return the share of weight with scores above each threshold."""
        return self.passing[len(self) - np.searchsorted(self.scores, threshold, side="right")]

    def at_least(self, threshold: Floats) -> Floats:
        """Return the share of weight with scores at or above each threshold."""
        return self.passing[len(self) - np.searchsorted(self.scores, threshold, side="left")]

    def variance_of_mean(self, values: Floats) -> float:
        """Return the variance of the weighted mean of values, float64 (n,) in the order of `scores`.

        Sources fluctuate, not events: the infinitesimal form of a bootstrap that resamples whole sources.
        """
        shares = 1.0 / len(self) if self.shares is None else self.shares
        terms = shares * (values - np.sum(shares * values))
        if self.sources is not None:
            terms = np.asarray(np.bincount(self.sources, weights=terms, minlength=self.n_sources), np.float64)
        return float(np.dot(terms, terms))

    def effective_number(self, threshold: float) -> float:
        """Return the n for which p (1 - p) / n is the variance of p, the share at or above a threshold.

        Weights and copies in the tail count as they are there, which may differ from the whole sample.
        """
        if self.shares is None and self.sources is None:
            return float(len(self))
        first = int(np.searchsorted(self.scores, threshold, side="left"))
        p = float(self.passing[len(self) - first])
        variance = self.variance_of_mean((np.arange(len(self)) >= first).astype(np.float64))
        return p * (1.0 - p) / variance if 0.0 < p < 1.0 and variance > 0.0 else self.effective


def ordered(sample: Scored, role: str) -> Ordered:
    """Return the sample in order of score; the same sample again costs a comparison only.

    Args:
        sample: at least one event.
        role: "background" or "signal", for messages.

    Raises:
        ScoreError: scores that are NaN or infinite, with their number.
        DataError: arrays of different lengths, or weights that are negative, not finite or all zero.
    """
    arrays = (sample.scores, sample.weights, sample.sources, sample.folds)
    with _lock:
        known = _recent.get(id(sample))
        if known is not None and known[0] is sample and _same(arrays, known[1]):
            _recent.move_to_end(id(sample))
            return known[2]
    result = _sort(sample, role)
    with _lock:
        _recent[id(sample)] = (sample, tuple(None if array is None else array.copy() for array in arrays), result)
        _recent.move_to_end(id(sample))
        while len(_recent) > _KEPT:
            _recent.popitem(last=False)
    return result


_KEPT = 4  # one background and a few signals
Arrays = tuple[NDArray[np.generic] | None, ...]
_recent: OrderedDict[int, tuple[Scored, Arrays, Ordered]] = OrderedDict()
_lock = threading.Lock()


def _same(arrays: Arrays, copies: Arrays) -> bool:
    return all(a is b if a is None or b is None else np.array_equal(a, b) for a, b in zip(arrays, copies, strict=True))


def _sort(sample: Scored, role: str) -> Ordered:
    check_sample(sample, role)
    sample = with_weight(sample)
    order = np.argsort(sample.scores, kind="stable")
    sources, n_sources = _numbered(sample)
    shares, passing = _shares(sample.weights, order)
    return Ordered(
        scores=sample.scores[order],
        passing=passing,
        shares=shares,
        sources=None if sources is None else sources[order],
        n_sources=n_sources,
        effective=_effective(sample.weights, sources),
        smallest_fold=_smallest_fold(sample, sources),
        folds=1 if sample.folds is None else len(np.unique(sample.folds)),
    )


def _shares(weights: Floats, order: NDArray[np.intp]) -> tuple[Floats | None, Floats]:
    n = len(weights)
    if np.all(weights == weights[0]):
        return None, np.asarray(np.arange(n + 1) / n, np.float64)
    shares = weights[order] / np.sum(weights)
    passing = np.concatenate([[0.0], np.cumsum(shares[::-1])])
    return shares, passing / passing[-1]


def _numbered(sample: Scored) -> tuple[NDArray[np.int64] | None, int]:
    if sample.sources is None:
        return None, len(sample)
    names, numbers = np.unique(sample.sources, return_inverse=True)
    return (None if len(names) == len(sample) else numbers.astype(np.int64)), len(names)


def _smallest_fold(sample: Scored, sources: NDArray[np.int64] | None) -> float:
    if sample.folds is None:
        return _effective(sample.weights, sources)
    parts = [sample.folds == fold for fold in np.unique(sample.folds)]
    return min(_effective(sample.weights[part], None if sources is None else sources[part]) for part in parts)


def _effective(weights: Floats, sources: NDArray[np.int64] | None) -> float:
    totals = weights if sources is None else np.bincount(sources, weights=weights)
    return float(np.sum(totals)) ** 2 / float(np.dot(totals, totals))
