"""Dijet events of the LHC Olympics (arXiv:2101.08320, arXiv:2011.03550): card, reader, generator and sample."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adbench_lhco.dataset import Lhco

_HOMES = {"Lhco": "dataset"}

__all__ = ["Lhco"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module 'adbench_lhco' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"adbench_lhco.{_HOMES[name]}"), name)
