"""A check is called with its subject; what comes back is an outcome, for a table, or an error, for pytest."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Generic, TypeVar

from adbench.api import ScoreError
from adbench.testing.conformance.outcome import Fault, Outcome, Skipped

__all__ = ["ConformanceCheck", "outcome_of"]

S = TypeVar("S")


def outcome_of(check: Callable[[S], str], subject: S) -> Outcome:
    """Return how a check ended; it returns what it saw, or raises Fault or Skipped."""
    name = check.__name__
    try:
        return Outcome(name, "pass", check(subject))
    except Fault as fault:
        raised = fault.__cause__
        trace = "" if raised is None or isinstance(raised, ScoreError) else "".join(traceback.format_exception(raised))
        return Outcome(name, "fail", fault.reason, fault.fix, trace)
    except Skipped as skipped:
        return Outcome(name, "skipped", str(skipped))


class ConformanceCheck(Generic[S]):
    """One check, to be called by a test: a fault fails the test with its reason and fix, a skipped one skips it."""

    def __init__(self, check: Callable[[S], str], subject: Callable[[], S]) -> None:
        """Keep the check, and what gives its subject when the first check asks for it."""
        self._check, self._subject = check, subject

    def __str__(self) -> str:
        return self._check.__name__

    def __call__(self) -> None:
        """Run the check.

        Raises:
            AssertionError: the contract is broken.
            UnknownNameError: there is no such plugin.
        """
        outcome = outcome_of(self._check, self._subject())
        if outcome.status == "skipped":
            import pytest

            pytest.skip(outcome.reason)
        if outcome.status == "fail":
            msg = f"{outcome.check}: {outcome.reason}. Fix: {outcome.fix}"
            raise AssertionError(msg)
