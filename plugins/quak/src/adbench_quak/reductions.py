"""From the space of losses to one number per event, learned on priors and background that no network was trained on.

Axes are bounds of -log p, or logarithms of squared errors. The paper scans cuts "background loss above, signal loss
below" on the test sample with its labels; here the direction of the cut is chosen on priors, and the test sample is
only scored.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Reduction", "Scan", "learn"]

Floats = NDArray[np.float64]

_SLOPES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)


class Reduction(Protocol):
    """A number per event from its losses, (n, 1 + axes); higher is more anomalous."""

    def __call__(self, losses: Floats) -> Floats:
        """Return (n,)."""


class Scan:
    """Background loss - slope * mean of the other losses; the slope of the largest mean AUC over priors."""

    def __init__(self, background: Floats, priors: list[Floats]) -> None:
        best = [float(np.mean([_auc(_tilted(background, s), _tilted(prior, s)) for prior in priors])) for s in _SLOPES]
        self.slope = _SLOPES[int(np.argmax(best))]

    def __call__(self, losses: Floats) -> Floats:
        """Return (n,)."""
        return _tilted(losses, self.slope)


class _Estimator:
    """A scikit-learn estimator on standardised losses."""

    def __init__(self, kind: str, background: Floats, priors: list[Floats], seed: int) -> None:
        self.mean, self.width = background.mean(0), background.std(0) + 1e-9
        signal = self._scaled(np.concatenate(priors))
        usual = self._scaled(background)
        if kind == "ratio":
            from sklearn.mixture import GaussianMixture

            self.models = [
                GaussianMixture(min(4, len(sample) // 50 + 1), reg_covar=1e-3, random_state=seed).fit(sample)
                for sample in (signal, usual)
            ]
            return
        x, y = np.concatenate([usual, signal]), np.repeat([0, 1], [len(usual), len(signal)])
        if kind == "lda":
            from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

            self.models = [LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(x, y)]
        else:
            from sklearn.neural_network import MLPClassifier

            network = MLPClassifier((32, 32, 16), early_stopping=True, max_iter=200, random_state=seed)
            self.models = [network.fit(x, y)]

    def __call__(self, losses: Floats) -> Floats:
        """Return (n,)."""
        if not len(losses):
            return np.zeros(0)
        x = self._scaled(losses)
        if len(self.models) == 2:
            return np.asarray(self.models[0].score_samples(x) - self.models[1].score_samples(x))
        model = self.models[0]
        if hasattr(model, "decision_function"):
            return np.asarray(model.decision_function(x), np.float64)
        p = np.clip(model.predict_proba(x)[:, 1].astype(np.float64), 1e-12, 1 - 1e-12)
        return np.asarray(np.log(p) - np.log1p(-p))

    def _scaled(self, losses: Floats) -> Floats:
        return np.asarray(np.clip((losses - self.mean) / self.width, -20, 20), np.float64)


def learn(kind: str, background: Floats, priors: list[Floats], seed: int) -> Reduction:
    """Return a reduction learned on held-out losses.

    Args:
        kind: ``scan``, ``lda``, ``dense`` or ``ratio``.
        background: (n, 1 + axes).
        priors: the same of each prior; none: the background loss alone decides.
        seed: of what is drawn.
    """
    if not priors:
        return lambda losses: losses[:, 0]
    return Scan(background, priors) if kind == "scan" else _Estimator(kind, background, priors, seed)


def _tilted(losses: Floats, slope: float) -> Floats:
    return np.asarray(losses[:, 0] - slope * losses[:, 1:].mean(axis=1), np.float64)


def _auc(background: Floats, signal: Floats) -> float:
    ordered = np.sort(background)
    below = np.searchsorted(ordered, signal, "left") + np.searchsorted(ordered, signal, "right")
    return float(below.mean() / (2 * len(background)))
