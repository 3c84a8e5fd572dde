"""All that a plugin author needs: contracts, in numpy and the standard library.

Names are imported when they are first used, so that a plugin's hook module costs no numpy import.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adbench.api.context import Progress, RunContext
    from adbench.api.dataset import Dataset, DatasetInfo, DatasetOptions, prior_half, source_ids
    from adbench.api.detector import DensityEstimator, Detector
    from adbench.api.drawing import training_rows
    from adbench.api.errors import (
        AdbenchError,
        DataError,
        DetectorError,
        MissingError,
        ParameterError,
        PluginError,
        ScoreError,
        UnknownNameError,
        UnsuitedError,
        UsageError,
    )
    from adbench.api.events import Events
    from adbench.api.hookspecs import hookimpl
    from adbench.api.metric import Estimate, Metric, Scored
    from adbench.api.observables import delta_phi, effective_mass, missing_energy, multiplicities, scalar_sum
    from adbench.api.ranking import Ranking, ScoreTable
    from adbench.api.schema import EventSchema, Kind, Quantity
    from adbench.api.specs import DatasetSpec, DetectorSpec, ExecutorSpec, MetricSpec, RankingSpec

_HOMES = {
    "context": ("Progress", "RunContext"),
    "dataset": ("Dataset", "DatasetInfo", "DatasetOptions", "prior_half", "source_ids"),
    "detector": ("DensityEstimator", "Detector"),
    "drawing": ("training_rows",),
    "errors": (
        "AdbenchError",
        "DataError",
        "DetectorError",
        "MissingError",
        "ParameterError",
        "PluginError",
        "ScoreError",
        "UnknownNameError",
        "UnsuitedError",
        "UsageError",
    ),
    "events": ("Events",),
    "hookspecs": ("hookimpl",),
    "metric": ("Estimate", "Metric", "Scored"),
    "observables": ("delta_phi", "effective_mass", "missing_energy", "multiplicities", "scalar_sum"),
    "ranking": ("Ranking", "ScoreTable"),
    "schema": ("EventSchema", "Kind", "Quantity"),
    "specs": ("DatasetSpec", "DetectorSpec", "ExecutorSpec", "MetricSpec", "RankingSpec"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AdbenchError",
    "DataError",
    "Dataset",
    "DatasetInfo",
    "DatasetOptions",
    "DatasetSpec",
    "DensityEstimator",
    "Detector",
    "DetectorError",
    "DetectorSpec",
    "Estimate",
    "EventSchema",
    "Events",
    "ExecutorSpec",
    "Kind",
    "Metric",
    "MetricSpec",
    "MissingError",
    "ParameterError",
    "PluginError",
    "Progress",
    "Quantity",
    "Ranking",
    "RankingSpec",
    "RunContext",
    "ScoreError",
    "ScoreTable",
    "Scored",
    "UnknownNameError",
    "UnsuitedError",
    "UsageError",
    "delta_phi",
    "effective_mass",
    "hookimpl",
    "missing_energy",
    "multiplicities",
    "prior_half",
    "scalar_sum",
    "source_ids",
    "training_rows",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        msg = f"module 'adbench.api' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"adbench.api.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
