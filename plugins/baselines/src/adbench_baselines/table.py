"""What the estimators on the tabular view share: scaling on training background, scoring in batches, saving."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events, RunContext
from adbench_baselines.arrays import load_arrays, save_arrays

__all__ = ["State", "Table", "TableDetector"]

Table = NDArray[np.float64]
State = Mapping[str, NDArray[Any]]
CHUNK = 1024  # rows of every matrix product: another shape would round differently

_MODEL = "model.npz"


class TableDetector(Detector):
    """A detector on the columns of ``events.tabular()``, standardised with training background alone.

    What `learn` returns is all that `scores` may use, so a saved model is arrays and nothing else.
    """

    _state: State | None = None

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Learn scaling and estimator; raise DetectorError for fewer than two events or impossible weights."""
        weights = train.weights.astype(np.float64)
        if len(train) < 2 or weights.min() < 0 or not 0 < weights.sum() < np.inf:
            msg = f"two training events or more with weights of at least 0 are needed; there are {len(train)}"
            raise DetectorError(msg)
        rows = np.arange(len(train))
        if np.ptp(weights) > 0:  # most estimators know no weights: events are drawn in proportion to them
            rows = self.context.rng("events").choice(len(train), len(train), p=weights / weights.sum())
        leading = train.tabular.leading
        x = train[rows].tabular(leading).astype(np.float64)
        mean, spread = x.mean(axis=0), x.std(axis=0)
        spread = np.where(spread > 1e-6 * np.abs(mean), spread, 1.0)
        learnt = self.learn((x - mean) / spread)
        self._state = {"leading": np.array(leading), "mean": mean, "spread": spread, **learnt}
        self.context.progress("fit", 1, 1)

    def score(self, events: Events) -> Mapping[str, NDArray[np.float64]]:
        """Return the named scores, float64 (n,) each."""
        parts = [self._scores_of(events[start : start + CHUNK]) for start in range(0, max(len(events), 1), CHUNK)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def save(self, folder: Path) -> None:
        """Write scaling and estimator to ``model.npz`` in the folder."""
        save_arrays(folder / _MODEL, self.state)

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the detector that `save` wrote; raise DetectorError where the file holds no such model."""
        detector = cls(params, context)
        detector._state = load_arrays(folder / _MODEL, ("leading", "mean", "spread"))
        return detector

    @property
    def state(self) -> State:
        """All that was learnt: scaling, and what `learn` returned; raises DetectorError before `fit`."""
        if self._state is None:
            msg = f"{type(self).__name__} has not been fitted: call fit() first"
            raise DetectorError(msg)
        return self._state

    def standardised(self, events: Events) -> Table:
        """Return float64 (n, columns): the table as `learn` saw it, whatever the padding of these events."""
        table = events.tabular(int(self.state["leading"])).astype(np.float64)
        return np.asarray((table - self.state["mean"]) / self.state["spread"])

    @abstractmethod
    def learn(self, x: Table) -> State:
        """Fit the estimator to standardised background, (n, columns); return what `scores` needs."""

    @abstractmethod
    def scores(self, x: Table, state: State) -> dict[str, NDArray[np.float64]]:
        """Return the named scores of standardised events, (n,) each; higher is more anomalous."""

    def _scores_of(self, events: Events) -> dict[str, NDArray[np.float64]]:
        x = self.standardised(events)
        full = np.zeros((CHUNK, x.shape[1]))
        full[: len(x)] = x
        return {name: np.asarray(values)[: len(x)] for name, values in self.scores(full, self.state).items()}
