"""A fitted estimator behind the contract of a detector: table, scaling, weights, seed and sign."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events, RunContext

__all__ = ["EstimatorDetector"]

_CHUNK = 20_000  # events tabulated at once while scoring: about 10 MB
_MODEL = "estimator.joblib"
_STORED = ("_leading", "_centre", "_width", "_fitted")
_SCORES = ("score_samples", "decision_function")


class EstimatorDetector(Detector):
    """The base of all adapted estimators; see `adbench.adapters.sklearn_detector`.

    Which way the score points is told by protocol. scikit-learn's ``score_samples`` and ``decision_function`` are
    higher for more normal events. PyOD's ``decision_function`` is higher for more anomalous ones; its estimators
    are known by the attribute ``decision_scores_`` that ``fit`` leaves. The parameter ``higher`` overrules both.

    Attributes:
        estimator: class of the estimator.
    """

    estimator: ClassVar[type]

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit scaling and estimator on training background.

        Raises:
            DetectorError: no training events, or weights without a positive sum.
        """
        rows, self._leading = self._rows(train), train.tabular.leading
        x = np.asarray(train[rows].tabular(self._leading), np.float64)
        weights = np.asarray(train.weights[rows], np.float64)
        self._centre, self._width = _scaling(x, weights, self.params.scaling)
        self._fitted = self._make()
        given = {"sample_weight": weights} if "sample_weight" in _parameters(self._fitted.fit) else {}
        if not given and np.ptp(weights) > 0:
            self.context.note(f"{self.estimator.__name__} takes no event weights: all events count the same")
        self._fitted.fit(self._scaled(x), **given)
        if not any(hasattr(self._fitted, score) for score in _SCORES):
            msg = (
                f"{self.estimator.__name__} offers neither {' nor '.join(_SCORES)} with these parameters; change them "
                "with --set (LocalOutlierFactor of scikit-learn: novelty=true)"
            )
            raise DetectorError(msg)
        self.context.progress("fit", 1, 1)

    def score(self, events: Events) -> NDArray[np.float64]:
        """Return float64 (n,); higher is more anomalous."""
        scores = np.empty(len(events), np.float64)
        for start in range(0, len(events), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            scores[chunk] = self._score(self._scaled(np.asarray(events[chunk].tabular(self._leading), np.float64)))
        return scores

    def save(self, folder: Path) -> None:
        """Write the estimator and its scaling with joblib, which pickles: see docs/security.md."""
        import joblib

        joblib.dump(tuple(getattr(self, name) for name in _STORED), folder / _MODEL)

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Read what `save` wrote. A pickle can run code: load only models that you trust.

        Raises:
            DetectorError: another version of adbench wrote it.
        """
        import joblib

        detector = cls(params, context)
        stored = joblib.load(folder / _MODEL)
        if len(stored) != len(_STORED):
            msg = f"{folder / _MODEL} was written by another version of adbench; fit it again"
            raise DetectorError(msg)
        for name, value in zip(_STORED, stored, strict=True):
            setattr(detector, name, value)
        return detector

    def _make(self) -> Any:
        accepted = _parameters(self.estimator)
        given = {
            field.name: list(value) if isinstance(value := getattr(self.params, field.name), tuple) else value
            for field in dataclasses.fields(self.params)
            if field.name in accepted
        }
        if "random_state" in accepted:
            given["random_state"] = int(self.context.rng("estimator").integers(2**31))
        if "verbose" in accepted:
            given["verbose"] = 0
        if "n_jobs" in accepted:
            given["n_jobs"] = self.context.threads
        return self.estimator(**given)

    def _rows(self, train: Events) -> NDArray[np.int64]:
        n, most = len(train), self.params.max_train
        if n < 2 or not 0 < float(train.weights.sum(dtype=np.float64)) < np.inf:
            msg = f"{self.estimator.__name__} needs two training events or more, with weights; it got {n}"
            raise DetectorError(msg)
        if most is None or n <= most:
            return np.arange(n)
        self.context.note(f"trained on {most:,} of {n:,} background events, drawn at random (max_train)")
        return np.sort(self.context.rng("events").choice(n, most, replace=False))

    def _scaled(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return (x - self._centre) / self._width

    def _score(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        by = getattr(self._fitted, next(score for score in _SCORES if hasattr(self._fitted, score)))
        return self._sign() * np.asarray(by(x), np.float64).reshape(len(x))

    def _sign(self) -> float:
        if self.params.higher != "auto":
            return 1.0 if self.params.higher == "anomalous" else -1.0
        return 1.0 if hasattr(self._fitted, "decision_scores_") else -1.0


def _scaling(
    x: NDArray[np.float64], weights: NDArray[np.float64], how: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return centre and width of each column, float64 (n_columns,); a constant column has width 1."""
    if how == "none":
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    if how == "robust":  # median and interquartile range: long tails of momenta do not set the scale
        low, centre, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
        width = high - low
        width = np.where(width > 0, width, x.std(axis=0))  # a column that is mostly empty
    else:
        centre = np.average(x, axis=0, weights=weights)
        width = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=weights))
    return centre, np.where(width > 1e-6, width, 1.0)


def _parameters(function: Any) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters
