"""Does a data set keep its contract? `adbench datasets check` and tests of plugins run these checks."""

from __future__ import annotations

from adbench.testing.dataset_conformance.suite import CHECKS, check_dataset, dataset_checks

__all__ = ["CHECKS", "check_dataset", "dataset_checks"]
