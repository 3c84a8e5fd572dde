"""The contract of a metric: scores in, an estimate with its interval out."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Estimate", "Metric", "Scored"]


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of a sample, one row per event.

    Attributes:
        scores: float64 (n,), higher is more anomalous.
        weights: float64 (n,).
        sources: int64 (n,); events that are copies of one generated event share a number, and intervals
            resample sources. None: every event is its own source.
        folds: int16 (n,); which trained model scored the event, after its scores were mapped to background
            quantiles fold by fold. None: one model scored all.
        log_prob: float64 (n,), for metrics that need a density; None where the detector has none.
    """

    scores: NDArray[np.float64]
    weights: NDArray[np.float64]
    sources: NDArray[np.int64] | None = None
    folds: NDArray[np.int16] | None = None
    log_prob: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def of(cls, scores: Any, weights: Any = None, sources: Any = None, folds: Any = None) -> Scored:
        """Return a sample from any numeric arrays; weights are 1 unless given."""
        values = np.asarray(scores, np.float64)
        return cls(
            values,
            np.ones(len(values)) if weights is None else np.asarray(weights, np.float64),
            None if sources is None else np.asarray(sources, np.int64),
            None if folds is None else np.asarray(folds, np.int16),
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured figure with its central 68 % interval.

    Attributes:
        value: the figure; NaN where it cannot be given at all.
        low: lower end of the interval.
        high: upper end of the interval.
        note: why the figure is special: ``unmeasured: 2.5 background events expected``, ``all scores equal``.
        measured: False where too few background events stand behind it; such a figure is shown with its
            note and left out of default rankings.
    """

    value: float
    low: float
    high: float
    note: str = ""
    measured: bool = True


class Metric(ABC):
    """A figure of merit of scores on one (channel, signal) pair.

    Attributes:
        name: unique name, ``auc`` or ``eps_s@1e-2``.
        label: text on a table or axis.
        inputs: what it needs.
        higher_is_better: the direction that rankings use.
        limits: least and largest value there can be; intervals of means over seeds end there.
        version: raise it when values change on purpose.
    """

    name: str
    label: str
    inputs: frozenset[Literal["background", "signal", "log_prob"]] = frozenset({"background", "signal"})
    higher_is_better: bool = True
    limits: tuple[float, float] = (-math.inf, math.inf)
    version: int = 1

    @abstractmethod
    def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
        """Return the figure and its 68 % interval; the same input gives the same numbers.

        The arrays of both samples are read-only, since all metrics get the same ones: copy before changing one.
        """
