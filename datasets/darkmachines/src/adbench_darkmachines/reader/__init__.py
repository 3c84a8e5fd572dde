"""The reader of the challenge's event files."""

from __future__ import annotations

from adbench_darkmachines.reader.read import Reading, iter_events, read_events
from adbench_darkmachines.report import Report

__all__ = ["Reading", "Report", "iter_events", "read_events"]
