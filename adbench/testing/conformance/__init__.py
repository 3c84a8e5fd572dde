"""Does a detector keep its contract? One function per check; `adbench check` and tests of plugins run them."""

from __future__ import annotations

from adbench.testing.conformance.outcome import Outcome
from adbench.testing.conformance.suite import CHECKS, check_detector, conformance_checks

__all__ = ["CHECKS", "Outcome", "check_detector", "conformance_checks"]
