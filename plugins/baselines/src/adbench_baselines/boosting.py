"""Gradient-boosted trees on background against signal: what a search that knows its signals would reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events

__all__ = ["BoostingDetector", "BoostingParams"]


@dataclass(frozen=True, slots=True)
class BoostingParams:
    """Defaults are those of scikit-learn's HistGradientBoostingClassifier, after Ke et al. (NeurIPS 2017)."""

    iterations: int = 100  # trees
    learning_rate: float = 0.1  # shrinkage of each tree

    def __post_init__(self) -> None:
        if self.iterations < 1 or self.learning_rate <= 0:
            msg = "iterations >= 1 and learning_rate > 0 are needed"
            raise ValueError(msg)


class BoostingDetector(Detector):
    """Log odds of any prior against background; background weighs as much as all priors together, which weigh alike."""

    Params = BoostingParams

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit trees to training background and all priors; raise DetectorError without priors."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        if not priors:
            msg = "gradient boosting needs prior events of a signal; this channel has none"
            raise DetectorError(msg)
        samples = [train, *(priors[name] for name in sorted(priors))]
        shares = [1.0, *([1 / len(priors)] * len(priors))]
        weights = [
            share * s.weights.astype(np.float64) / s.weights.sum(dtype=np.float64)
            for s, share in zip(samples, shares, strict=True)
        ]
        n, slots = sum(map(len, samples)), max(sample.kinds.shape[1] for sample in samples)
        self._trees = HistGradientBoostingClassifier(
            max_iter=self.params.iterations,
            learning_rate=self.params.learning_rate,
            early_stopping=False,
            random_state=int(self.context.rng("trees").integers(2**31)),
        ).fit(
            np.concatenate([sample.padded(slots).tabular() for sample in samples]),
            np.repeat([0, 1], [len(train), n - len(train)]),
            sample_weight=np.concatenate(weights) * n / 2,
        )

    def score(self, events: Events) -> NDArray[np.float64]:
        """Return float64 (n,): the log odds."""
        if not len(events):
            return np.empty(0)
        return np.asarray(self._trees.decision_function(events.tabular()), np.float64)
