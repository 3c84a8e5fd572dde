"""Single jets and their constituents (arXiv:2306.03933): data card, reader, generator and a bundled sample."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adbench_jets.dataset import Jets

_HOMES = {"Jets": "dataset"}

__all__ = ["Jets"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module 'adbench_jets' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"adbench_jets.{_HOMES[name]}"), name)
