"""Figures of many detectors on bootstrapped events, all on the same draws, with hardly anything done twice.

For a replica in which source i is drawn c_i times:

* The AUC is an average over pairs, (sum_s c_s w_s)^-1 (sum_b c_b w_b)^-1 sum_sb c_s w_s c_b w_b [s > b]. To first order
  in the deviations of c from 1 it is the AUC plus the weighted means, over signal and over background, of each event's
  share of the other sample on its right side (DeLong's placements): products of the draws with one vector per detector.
  What is neglected has a standard deviation below 1 / (2 sqrt(n_S n_B)).
* eps_S at eps_B needs the replica's threshold: drawn weight is summed over the few highest background events. Above the
  highest threshold of all replicas, the passing signal is again such a product; only events between the lowest and the
  highest threshold are looked at one by one. This is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Scored
from adbench.metrics.quantile import background_quantile
from adbench.statistics.draws import Draws, numbered_sources, source_draws, summed
from adbench.statistics.threshold_replicas import Efficiency

__all__ = ["AREA", "Pair", "replicate"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

AREA = 0.0
"""In the place of a background efficiency: the area under the ROC curve."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The scores of one training on test background and on one signal."""

    background: Scored
    signal: Scored


def replicate(pairs: Sequence[Pair], points: Sequence[float], replicas: int, seed: Sequence[int]) -> Floats:
    """Return float64 (n_replicas, n_pairs, n_points): figures of detectors on the same bootstrapped events.

    Args:
        pairs: the scores of each detector on the same (channel, signal).
        points: background efficiencies at which eps_S is read; `AREA` for the AUC.
        replicas: how many replicas.
        seed: numbers behind the draws; the last one is that of the signal, the others are also those of the background,
            so that all signals of a channel are measured against the same background.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> pair = Pair(Scored.of(rng.normal(size=400)), Scored.of(rng.normal(1.0, size=400)))
        >>> replicate([pair, pair], [AREA, 0.1], 200, [0, 0, 0]).std(axis=0).round(2)
        array([[0.02, 0.04],
               [0.02, 0.04]])
    """
    of_background, n_background = numbered_sources([pair.background for pair in pairs])
    of_signal, n_signal = numbered_sources([pair.signal for pair in pairs])
    backgrounds = source_draws(n_background, replicas, np.random.default_rng([0, *seed[:-1]]))
    signals = source_draws(n_signal, replicas, np.random.default_rng([1, *seed]))
    readers: list[_Reader] = []
    for pair, b, s in zip(pairs, of_background, of_signal, strict=True):
        for point in points:
            if point == AREA:
                readers.append(_Area(pair.background, pair.signal, b, s, n_background, n_signal))
            else:
                readers.append(Efficiency(pair.background, pair.signal, point, b, s, n_background, n_signal))
    found = [_block(readers, b, s) for b, s in _aligned(backgrounds, signals)]
    return np.clip(np.concatenate(found), 0.0, 1.0).reshape(replicas, len(pairs), len(points))


class _Reader(Protocol):
    """What reads a figure off the draws: vectors to be multiplied with them go out, the products come in."""

    background_vectors: Sequence[Floats]

    def signal_vectors(self, background: Draws, sums: Floats) -> Sequence[Floats]: ...

    def read(self, signal: Draws, sums: Floats) -> Floats: ...


class _Area:
    """AUC of one pair, to first order."""

    def __init__(
        self, b: Scored, s: Scored, of_background: Numbers, of_signal: Numbers, n_background: int, n_signal: int
    ) -> None:
        below, above = (
            background_quantile(s.scores, b.scores, b.weights),
            1.0 - background_quantile(b.scores, s.scores, s.weights),
        )
        self._area = float(np.average(below, weights=s.weights))
        self.background_vectors: Sequence[Floats] = [
            summed(of_background, b.weights * v, n_background) for v in (above, 1.0)
        ]
        self._signal_vectors = [summed(of_signal, s.weights * v, n_signal) for v in (below, 1.0)]
        self._over_background: Floats = np.zeros(0)

    def signal_vectors(self, background: Draws, sums: Floats) -> Sequence[Floats]:
        self._over_background = sums[:, 0] / sums[:, 1]
        return self._signal_vectors

    def read(self, signal: Draws, sums: Floats) -> Floats:
        return np.asarray(self._over_background + sums[:, 0] / sums[:, 1] - self._area, np.float64)


def _aligned(first: Iterator[Draws], second: Iterator[Draws]) -> Iterator[tuple[Draws, Draws]]:
    """Yield blocks of both draws with the same rows."""
    a = b = np.zeros((0, 0), np.float32)
    while True:
        a = a if len(a) else next(first, a)
        b = b if len(b) else next(second, b)
        rows = min(len(a), len(b))
        if not rows:
            return
        yield a[:rows], b[:rows]
        a, b = a[rows:], b[rows:]


def _block(readers: Sequence[_Reader], background: Draws, signal: Draws) -> Floats:
    """Return float64 (rows, n_readers): the figures of a block of draws."""
    over_background = _products(background, [reader.background_vectors for reader in readers])
    vectors = [reader.signal_vectors(background, sums) for reader, sums in zip(readers, over_background, strict=True)]
    over_signal = _products(signal, vectors)
    return np.stack([reader.read(signal, sums) for reader, sums in zip(readers, over_signal, strict=True)], axis=1)


def _products(draws: Draws, vectors: Sequence[Sequence[Floats]]) -> list[Floats]:
    """Return, for each reader, float64 (rows, n_vectors): the products of draws with its vectors, all in one go."""
    flat = [vector for some in vectors for vector in some]
    sums = (draws @ np.stack(flat, axis=1).astype(np.float32)).astype(np.float64)
    return np.split(sums, np.cumsum([len(some) for some in vectors])[:-1], axis=1)
