"""What tests of the harness and of third-party plugins share."""

from __future__ import annotations

from adbench.testing.conformance.suite import conformance_checks
from adbench.testing.dataset_conformance.suite import dataset_checks
from adbench.testing.reference import reference_data

__all__ = ["conformance_checks", "dataset_checks", "reference_data"]
