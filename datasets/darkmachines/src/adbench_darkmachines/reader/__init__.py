"""The reader of the challenge's event files."""

from __future__ import annotations

from adbench_darkmachines.reader.read import Place, Reading, iter_events, iter_parts, read_events
from adbench_darkmachines.report import Report

__all__ = ["Place", "Reading", "Report", "iter_events", "iter_parts", "read_events"]
