"""Isolation forest: events that few random splits set apart from the rest are anomalous."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events

__all__ = ["IsolationForestDetector", "IsolationForestParams"]

CHUNK = 20_000  # events tabulated at once while scoring: about 6 MB


@dataclass(frozen=True, slots=True)
class IsolationForestParams:
    """Defaults are those of Liu, Ting and Zhou (ICDM 2008), section 4."""

    n_estimators: int = 100  # trees; path lengths converge well before 100 (section 4.1)
    max_samples: int = 256  # events per tree; the paper's sub-sampling size (section 4.1)
    max_features: float = 1.0  # share of the columns that a tree may split on; the paper uses all

    def __post_init__(self) -> None:
        if self.n_estimators < 1 or self.max_samples < 2 or not 0.0 < self.max_features <= 1.0:
            msg = "n_estimators >= 1, max_samples >= 2 and 0 < max_features <= 1 are needed"
            raise ValueError(msg)


class IsolationForestDetector(Detector):
    """scikit-learn's isolation forest on the columns of ``events.tabular()``, which need no scaling."""

    Params = IsolationForestParams

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Grow the trees on background; events are drawn in proportion to their weights.

        Raises:
            DetectorError: fewer than two training events, or weights that are no sampling probabilities.
        """
        from sklearn.ensemble import IsolationForest

        rows, self._leading = self._drawn(train), train.tabular.leading
        self._forest = IsolationForest(
            n_estimators=self.params.n_estimators,
            max_samples=min(self.params.max_samples, len(rows)),
            max_features=self.params.max_features,
            n_jobs=self.context.threads,
            random_state=int(self.context.rng("trees").integers(2**31)),
        ).fit(train[rows].tabular(self._leading))
        self.context.progress("fit", 1, 1)

    def score(self, events: Events) -> NDArray[np.float64]:
        """Return float64 (n,): 2 to the power of minus the mean path length over its expectation, in (0, 1)."""
        scores = np.empty(len(events), np.float64)
        for start in range(0, len(events), CHUNK):
            chunk = slice(start, start + CHUNK)
            scores[chunk] = -self._forest.score_samples(events[chunk].tabular(self._leading))
        return scores

    def _drawn(self, train: Events) -> NDArray[np.int64]:
        """Return the training events from which every tree draws: all that the forest can use, no more."""
        n, weights = len(train), train.weights.astype(np.float64)
        if n < 2 or weights.min() < 0 or not 0 < weights.sum() < np.inf:
            msg = f"isolation_forest needs two training events or more with weights of at least 0; it got {n}"
            raise DetectorError(msg)
        usable = self.params.n_estimators * self.params.max_samples
        rng = self.context.rng("events")
        if np.ptp(weights) > 0:
            return np.sort(rng.choice(n, usable, p=weights / weights.sum()))
        return np.sort(rng.choice(n, usable, replace=False)) if n > usable else np.arange(n)
