"""Check of a semi-supervised detector: what it is told to forget leaves no trace, and it stays as it is."""

from __future__ import annotations

from adbench.api import Detector, DetectorError
from adbench.runs.targets import check_withholds
from adbench.testing.conformance.agreement import Scores, must_agree
from adbench.testing.conformance.outcome import Fault, Skipped
from adbench.testing.conformance.samples import background, examples
from adbench.testing.conformance.subject import Subject

__all__ = ["for_target"]

_WITHHELD = "busier"
_WRITE = "return a new view that makes no use of the withheld priors, such as a changed copy.copy(self)"
_EVENTS = 200


def for_target(subject: Subject) -> str:
    """Its view for a target makes no use of the priors of that target's family, and it stays as it is itself."""
    if subject.spec.supervision != "semi-supervised":
        msg = f"{subject.spec.supervision}: nothing is withheld"
        raise Skipped(msg)
    detector, events = subject.fitted(), background(_EVENTS, 3)
    try:
        check_withholds(subject.spec, detector)
    except DetectorError as error:
        raise Fault("it has no for_target, so it would know what it is to find", _WRITE) from error
    before = subject.scores(events)
    blind = _blind_scores(subject, detector)
    must_agree(before, subject.scores(events), "after for_target was called", f"leave self as it is; {_WRITE}")
    other = subject.train(priors={**examples(), _WITHHELD: background(100, 10)})
    must_agree(blind, _blind_scores(subject, other), "when the withheld prior holds other events", _WRITE)
    return f"prior {_WITHHELD} withheld, prior harder kept"


def _blind_scores(subject: Subject, detector: Detector) -> Scores:
    view: object = subject.attempt("for_target", lambda: detector.for_target(frozenset({_WITHHELD})))
    if not isinstance(view, Detector) or view is detector:
        raise Fault(f"for_target returned {'itself' if view is detector else repr(view)}", _WRITE)
    return subject.scores(background(_EVENTS, 3), view)
