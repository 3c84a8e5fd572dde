"""The Dark Machines Anomaly Score Challenge (arXiv:2105.14027): data card, reader and data set for adbench."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adbench_darkmachines.dataset import DarkMachines
    from adbench_darkmachines.reader import read_events
    from adbench_darkmachines.report import Report

_HOMES = {"DarkMachines": "dataset", "Report": "report", "read_events": "reader"}

__all__ = ["DarkMachines", "Report", "read_events"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module 'adbench_darkmachines' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"adbench_darkmachines.{_HOMES[name]}"), name)
