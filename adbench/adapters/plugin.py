"""The hook of the adapters: the import path of an estimator is the name of a detector."""

from __future__ import annotations

from adbench.adapters.specs import spec_of_path
from adbench.api import DetectorSpec, hookimpl

__all__ = ["adbench_detector_named"]


@hookimpl
def adbench_detector_named(name: str) -> DetectorSpec | None:
    """Return the detector of an estimator such as ``sklearn.svm.OneClassSVM``; None for any other name."""
    return spec_of_path(name)
