"""All checks, in the order in which an author meets the faults; run at once, or one by one by pytest."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from adbench.api import DetectorSpec
from adbench.testing.conformance import conduct, contract, scoring, withholding
from adbench.testing.conformance.checking import ConformanceCheck, outcome_of
from adbench.testing.conformance.outcome import Outcome
from adbench.testing.conformance.subject import Subject

__all__ = ["CHECKS", "check_detector", "conformance_checks"]

CHECKS: tuple[Callable[[Subject], str], ...] = (
    contract.loads,
    contract.metadata,
    contract.parameters,
    contract.signatures,
    contract.trains,
    scoring.finite_scores,
    scoring.one_event,
    scoring.empty_block,
    scoring.batch_size,
    scoring.company,
    scoring.order,
    scoring.padding,
    conduct.same_seed,
    conduct.input_kept,
    conduct.global_random,
    conduct.anomalies,
    conduct.weights,
    withholding.for_target,
    conduct.save_and_load,
    conduct.density,
)


def check_detector(spec: DetectorSpec) -> Iterator[Outcome]:
    """Yield the outcome of each check of a detector; it is trained three or four times, on some hundred events each."""
    with tempfile.TemporaryDirectory(prefix="adbench-check-") as folder:
        subject = Subject(spec, Path(folder))
        for check in CHECKS:
            yield outcome_of(check, subject)


def conformance_checks(detector: str | DetectorSpec, file: str | Path | None = None) -> list[ConformanceCheck[Subject]]:
    """Return the checks of a detector, for pytest.

    Nothing is looked up or imported before the first check is called; all checks share the trained detector.

    Args:
        detector: its name, or its description.
        file: a plugin file that is not installed, as of ``adbench check --file``.

    Example:
        In ``test_my_detector.py``::

            import pytest
            from adbench.testing import conformance_checks

            @pytest.mark.parametrize("check", conformance_checks("my_detector"), ids=str)
            def test_conformance(check):
                check()

        A check that a detector cannot pass by design is marked there, with its reason::

            def test_conformance(check, request):
                if str(check) == "anomalies":
                    request.applymarker(pytest.mark.xfail(reason="looks for resonances only"))
                check()
    """
    shared = _Shared(detector, file)
    return [ConformanceCheck(check, shared.subject) for check in CHECKS]


class _Shared:
    """The subject of several checks, made when the first one asks for it."""

    def __init__(self, detector: str | DetectorSpec, file: str | Path | None) -> None:
        self._detector, self._file = detector, file
        self._subject: Subject | None = None

    def subject(self) -> Subject:
        if self._subject is None:
            from adbench.registry import catalogue, use_plugin_files

            if self._file is not None:
                use_plugin_files([self._file])
            spec = self._detector
            spec = spec if isinstance(spec, DetectorSpec) else catalogue().detectors.get(spec)
            self._folder = tempfile.TemporaryDirectory(prefix="adbench-check-")
            self._subject = Subject(spec, Path(self._folder.name))
        return self._subject
