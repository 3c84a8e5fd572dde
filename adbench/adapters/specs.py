"""The one line that makes a detector of an estimator."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from typing import Any

from adbench.api.errors import UsageError
from adbench.api.specs import DetectorSpec

__all__ = ["HOME", "sklearn_detector", "spec_of_path"]

HOME = "adbench.adapters.estimators"
_LIBRARIES = {"sklearn": "scikit-learn", "pyod": "pyod"}  # import package -> distribution, where they differ


def sklearn_detector(
    name: str,
    estimator: str,
    *,
    summary: str = "",
    reference: str = "",
    version: int = 1,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
    requires: Iterable[str] = (),
    score: str = "score",
    tags: Iterable[str] = (),
    notes: Iterable[str] = (),
    **params: Any,
) -> DetectorSpec:
    """Return the detector that an estimator makes over the table of events (`adbench.api.tabular.TabularView`).

    The estimator needs ``fit(X)`` and ``score_samples(X)`` or ``decision_function(X)``. It gets float64
    (n, n_columns), scaled by training background. ``random_state`` is set from the run's seed and ``n_jobs``
    from its threads; event weights are passed where ``fit`` takes ``sample_weight``.

    Args:
        name: the detector's name.
        estimator: where to import it from: ``sklearn.svm.OneClassSVM`` or ``my_package.module:Class``.
        summary: one line for listings.
        reference: where the method is published.
        version: raise it when scores change on purpose.
        presets: named changes of parameters.
        requires: distributions needed; that of scikit-learn or PyOD is added.
        score: name of its score.
        tags: free words for filters.
        notes: what a user should know before reading its results.
        params: parameters of the estimator, and of the adapter: ``scaling`` (``standard``, ``robust`` or
            ``none``), ``max_train`` (learn from a seeded choice of at most so many events, for methods whose
            cost grows with the square of their number) and ``higher`` (what a high value means: ``normal``,
            ``anomalous``, or ``auto`` = by protocol).

    Raises:
        UsageError: the estimator is no dotted path.

    Example:
        >>> sklearn_detector("ocsvm", "sklearn.svm.OneClassSVM", nu=0.1).name
        'ocsvm'
    """
    module, class_name = _split(estimator)
    package = module.partition(".")[0]
    own = [_LIBRARIES[package]] if package in _LIBRARIES else []
    return DetectorSpec(
        name=name,
        target=f"{HOME}:{module}.{class_name}",
        summary=summary or f"{class_name} of {package} on the table of events",
        reference=reference,
        version=version,
        scores=(score,),
        params=params,
        presets=dict(presets or {}),
        requires=(*own, *(text for text in requires if text not in own)),
        preload=(module,) if package in _LIBRARIES else (),
        tags=frozenset({"estimator", *tags}),
        notes=tuple(notes),
    )


def spec_of_path(name: str) -> DetectorSpec | None:
    """Return the detector of a name that is the import path of an estimator; None for any other name.

    Example:
        >>> spec_of_path("sklearn.svm.OneClassSVM").summary
        'OneClassSVM of sklearn on the table of events'
    """
    parts = name.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts) or not parts[-1][0].isupper():
        return None
    if importlib.util.find_spec(parts[0]) is None and parts[0] not in _LIBRARIES:
        return None
    return sklearn_detector(name, name)


def _split(estimator: str) -> tuple[str, str]:
    module, _, class_name = estimator.replace(":", ".").rpartition(".")
    if not module or not all(part.isidentifier() for part in (*module.split("."), class_name)):
        msg = f"'{estimator}' is no estimator; write its import path, such as sklearn.svm.OneClassSVM"
        raise UsageError(msg)
    return module, class_name
