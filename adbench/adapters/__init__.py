"""Estimators of scikit-learn and PyOD as detectors, by one line; see `sklearn_detector`.

Importing this package loads neither numpy nor scikit-learn.
"""

from __future__ import annotations

from adbench.adapters.specs import sklearn_detector

__all__ = ["sklearn_detector"]
