"""What this distribution offers; importing it loads neither torch nor numpy."""

from __future__ import annotations

from adbench.api import DetectorSpec, hookimpl
from adbench_quak.table import DETECTORS

__all__ = ["adbench_detectors"]


@hookimpl
def adbench_detectors() -> list[DetectorSpec]:
    """Return the detectors that use approximate priors."""
    return DETECTORS
