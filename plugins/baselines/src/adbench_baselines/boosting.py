"""Gradient-boosted trees on background against signal: what a search that knows its signals would reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events, RunContext
from adbench_baselines.arrays import load_arrays, save_arrays
from adbench_baselines.trees import Trees

__all__ = ["BoostingDetector", "BoostingParams"]

CHUNK = 20_000  # events tabulated at once while scoring: about 5 MB
_MODEL = "model.npz"


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
    _trees: Trees | None = None

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
        n, self._leading = sum(map(len, samples)), max(sample.tabular.leading for sample in samples)
        classifier = HistGradientBoostingClassifier(
            max_iter=self.params.iterations,
            learning_rate=self.params.learning_rate,
            early_stopping=False,
            random_state=int(self.context.rng("trees").integers(2**31)),
        ).fit(
            np.concatenate([sample.tabular(self._leading) for sample in samples]),
            np.repeat([0, 1], [len(train), n - len(train)]),
            sample_weight=np.concatenate(weights) * n / 2,
        )
        self._trees = Trees.of(classifier)

    def score(self, events: Events) -> NDArray[np.float64]:
        """Return float64 (n,): the log odds."""
        trees, scores = self._fitted(), np.empty(len(events))
        for start in range(0, len(events), CHUNK):
            chunk = slice(start, start + CHUNK)
            scores[chunk] = trees(events[chunk].tabular(self._leading))
        return scores

    def save(self, folder: Path) -> None:
        """Write the trees to ``model.npz`` in the folder."""
        save_arrays(folder / _MODEL, {**self._fitted().arrays(), "leading": np.array(self._leading)})

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the detector that `save` wrote; raise DetectorError where the file holds no such model."""
        detector = cls(params, context)
        arrays = load_arrays(folder / _MODEL, (*Trees.NAMES, "leading"))
        detector._leading = int(arrays["leading"])
        detector._trees = Trees(**{name: arrays[name] for name in Trees.NAMES})
        return detector

    def _fitted(self) -> Trees:
        if self._trees is None:
            msg = "BoostingDetector has not been fitted: call fit() first"
            raise DetectorError(msg)
        return self._trees
