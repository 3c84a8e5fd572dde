"""eps_S at a background efficiency in each replica of a bootstrap: the exact part of `event_bootstrap`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Scored
from adbench.statistics.draws import Draws, summed

__all__ = ["Efficiency"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_ROUNDING = 1.0 + 1e-6  # draws are multiplied in single precision: a step that ends at eps_B to 1e-6 ends there
_WIDE = 8.0  # standard deviations of the passing background that are looked at first


class Efficiency:
    """eps_S of one pair at one background efficiency, by the rule for ties of `adbench.metrics.roc`.

    Args:
        b: test background.
        s: signal.
        efficiency: the background efficiency.
        of_background: int64 (n_B,), source of each background event.
        of_signal: int64 (n_S,), source of each signal event.
        n_background: number of background sources.
        n_signal: number of signal sources.
    """

    def __init__(
        self,
        b: Scored,
        s: Scored,
        efficiency: float,
        of_background: Numbers,
        of_signal: Numbers,
        n_background: int,
        n_signal: int,
    ) -> None:
        self._efficiency, self._n_signal = efficiency, n_signal
        order = np.argsort(-b.scores, kind="stable")
        self._b, self._b_weights, self._b_sources = b.scores[order], b.weights[order], of_background[order]
        order = np.argsort(-s.scores, kind="stable")
        self._s, self._s_weights, self._s_sources = s.scores[order], s.weights[order], of_signal[order]
        self._s_all = summed(of_signal, s.weights, n_signal)
        self.background_vectors: Sequence[Floats] = [summed(of_background, b.weights, n_background)]

    def signal_vectors(self, background: Draws, sums: Floats) -> Sequence[Floats]:
        """Find the threshold of each replica; return the vectors of all signal, and of signal above all thresholds.

        Args:
            background: float32 (rows, n_background), draws of background sources.
            sums: float64 (rows, 1), drawn weight of all background.
        """
        wanted = self._efficiency * sums[:, 0]
        expected = self._efficiency * len(self._b)
        looked_at = int(expected + _WIDE * np.sqrt(expected * np.max(np.bincount(self._b_sources))) + 64.0)
        while True:
            looked_at = self._whole_levels(looked_at)
            drawn = background[:, self._b_sources[:looked_at]] * self._b_weights[:looked_at]
            passing = np.cumsum(drawn, axis=1, dtype=np.float64)
            if looked_at == len(self._b) or np.all(passing[:, -1] > wanted * _ROUNDING):
                break
            looked_at *= 2
        levels = self._b[:looked_at]
        ends = np.append(np.flatnonzero(levels[1:] < levels[:-1]), looked_at - 1)
        at_least = passing[:, ends]
        level = np.minimum(np.sum(at_least <= (wanted * _ROUNDING)[:, None], axis=1), len(ends) - 1)
        row = np.arange(len(level))
        above = np.where(level > 0, at_least[row, level - 1], 0.0)
        step = at_least[row, level] - above
        self._fraction = np.clip(np.divide(wanted - above, step, out=np.zeros_like(step), where=step > 0.0), 0.0, 1.0)
        self._threshold = levels[ends[level]]
        self._first = int(np.searchsorted(-self._s, -self._threshold.max(), side="left"))
        sure = summed(self._s_sources[: self._first], self._s_weights[: self._first], self._n_signal)
        return [self._s_all, sure]

    def read(self, signal: Draws, sums: Floats) -> Floats:
        """Return float64 (rows,): eps_S.

        Args:
            signal: float32 (rows, n_signal), draws of signal sources.
            sums: float64 (rows, 2), drawn weight of all signal and of that above all thresholds.
        """
        last = int(np.searchsorted(-self._s, -self._threshold.min(), side="right"))
        window = slice(self._first, last)
        drawn = signal[:, self._s_sources[window]] * self._s_weights[window]
        passing = np.concatenate([np.zeros((len(drawn), 1)), np.cumsum(drawn, axis=1, dtype=np.float64)], axis=1)
        above, at_least = (
            np.searchsorted(-self._s[window], -self._threshold, side="left"),
            np.searchsorted(-self._s[window], -self._threshold, side="right"),
        )
        row = np.arange(len(drawn))
        sure, perhaps = passing[row, above], passing[row, at_least]
        return np.asarray((sums[:, 1] + sure + self._fraction * (perhaps - sure)) / sums[:, 0], np.float64)

    def _whole_levels(self, count: int) -> int:
        """Return a number of events not below a count, so that none of the others has the score of the last one."""
        if count >= len(self._b):
            return len(self._b)
        return int(np.searchsorted(-self._b, -self._b[count - 1], side="right"))
