"""What the estimators on the tabular view share: scaling on training background, and scoring in batches of one size."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events

__all__ = ["Table", "TableDetector"]

Table = NDArray[np.float64]
CHUNK = 1024  # rows of every matrix product: another shape would round differently


class TableDetector(Detector):
    """A detector on the columns of ``events.tabular()``, standardised with training background alone."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Learn scaling and estimator; raise DetectorError for fewer than two events or impossible weights."""
        weights = train.weights.astype(np.float64)
        if len(train) < 2 or weights.min() < 0 or not 0 < weights.sum() < np.inf:
            msg = f"two training events or more with weights of at least 0 are needed; there are {len(train)}"
            raise DetectorError(msg)
        rows = np.arange(len(train))
        if np.ptp(weights) > 0:  # most estimators know no weights: events are drawn in proportion to them
            rows = self.context.rng("events").choice(len(train), len(train), p=weights / weights.sum())
        x = train[rows].tabular().astype(np.float64)
        self._mean, spread = x.mean(axis=0), x.std(axis=0)
        self._spread = np.where(spread > 1e-6 * np.abs(self._mean), spread, 1.0)
        self.learn((x - self._mean) / self._spread)
        self.context.progress("fit", 1, 1)

    def score(self, events: Events) -> Mapping[str, NDArray[np.float64]]:
        """Return the named scores, float64 (n,) each."""
        if not hasattr(self, "_mean"):
            msg = f"{type(self).__name__} has not been fitted: call fit() first"
            raise DetectorError(msg)
        parts = [self._scores_of(events[start : start + CHUNK]) for start in range(0, max(len(events), 1), CHUNK)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    @abstractmethod
    def learn(self, x: Table) -> None:
        """Fit the estimator to standardised background, (n, columns)."""

    @abstractmethod
    def scores(self, x: Table) -> dict[str, NDArray[np.float64]]:
        """Return the named scores of standardised events, (n,) each; higher is more anomalous."""

    def _scores_of(self, events: Events) -> dict[str, NDArray[np.float64]]:
        x = (events.tabular().astype(np.float64) - self._mean) / self._spread
        full = np.zeros((CHUNK, x.shape[1]))
        full[: len(x)] = x
        return {name: np.asarray(values)[: len(x)] for name, values in self.scores(full).items()}
