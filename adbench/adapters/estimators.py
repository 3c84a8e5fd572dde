"""A detector class for any estimator, made when it is asked for, as ``...estimators:sklearn.svm.OneClassSVM``.

The module's own ``__getattr__`` makes the class, so that the target of a description stays a plain text that any
process can import: a run on this machine, a Dask worker, a batch job.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
from typing import Any, Literal

from adbench.adapters.detector import EstimatorDetector
from adbench.api.errors import PluginError, UnknownNameError
from adbench.api.params import Scalar

__all__ = ["detector_type"]

_OURS = ("random_state", "n_jobs", "verbose")  # set from the run: seed, threads, silence
_ADAPTER: tuple[tuple[str, Any, Any], ...] = (
    ("scaling", Literal["standard", "robust", "none"], "standard"),
    ("max_train", int | None, None),
    ("higher", Literal["auto", "normal", "anomalous"], "auto"),
)


def __getattr__(name: str) -> type[EstimatorDetector]:
    if "." not in name:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return detector_type(name)


@functools.cache
def detector_type(path: str) -> type[EstimatorDetector]:
    """Return the detector class of an estimator, with parameters after the estimator's own constructor.

    Raises:
        PluginError: it has no `fit` or no score, or is a classifier.
        UnknownNameError: its module has no such class.
    """
    module_name, _, class_name = path.rpartition(".")
    module = importlib.import_module(module_name)
    if not hasattr(module, class_name):
        classes = [name for name in dir(module) if inspect.isclass(getattr(module, name)) and not name.startswith("_")]
        raise UnknownNameError(f"estimator in {module_name}", class_name, classes)
    estimator = getattr(module, class_name)
    scores = [name for name in ("score_samples", "decision_function") if hasattr(estimator, name)]
    if not inspect.isclass(estimator) or not hasattr(estimator, "fit") or not scores:
        msg = f"{path} cannot be a detector: it needs fit and score_samples or decision_function"
        raise PluginError(msg)
    if getattr(estimator, "_estimator_type", None) == "classifier" or _is_classifier(estimator):
        msg = f"{path} is a classifier, which needs labels; a detector learns from background alone"
        raise PluginError(msg)
    return type(class_name, (EstimatorDetector,), {
        "Params": _params_type(class_name, estimator), "estimator": estimator, "__module__": __name__,
        "__doc__": f"{path} on the table of events.",
    })  # fmt: skip


def _is_classifier(estimator: type) -> bool:
    from sklearn.base import ClassifierMixin

    return issubclass(estimator, ClassifierMixin)


def _params_type(name: str, estimator: type) -> type:
    """Return a frozen dataclass of the adapter's parameters and those of the constructor that a record can hold."""
    fields = [(own, hint, dataclasses.field(default=default)) for own, hint, default in _ADAPTER]
    for parameter in inspect.signature(estimator).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or parameter.name in _OURS:
            continue
        field = _field(parameter)
        if field is not None and parameter.name not in {own for own, _, _ in _ADAPTER}:
            fields.append(field)
    return dataclasses.make_dataclass(f"{name}Params", fields, frozen=True, slots=True)


def _field(parameter: inspect.Parameter) -> tuple[str, Any, Any] | None:
    """Return a field for a parameter; None where its default is an object, which no record can hold."""
    default = parameter.default
    if default is inspect.Parameter.empty:
        msg = f"its parameter {parameter.name} has no default"
        raise PluginError(msg)
    if isinstance(default, (list, tuple)) and all(isinstance(item, (int, float, str)) for item in default):
        return parameter.name, tuple[Scalar, ...], dataclasses.field(default=tuple(default))
    if default is None or (isinstance(default, (bool, int, float, str)) and default == default):
        return parameter.name, Scalar, dataclasses.field(default=default)
    return None
