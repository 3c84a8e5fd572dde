"""What this distribution offers; importing it loads neither torch nor numpy."""

from __future__ import annotations

from adbench.api import DetectorSpec, hookimpl
from adbench_point_diffusion.table import DETECTORS

__all__ = ["adbench_detectors"]


@hookimpl
def adbench_detectors() -> list[DetectorSpec]:
    """Return the diffusion models."""
    return DETECTORS
