"""Checks of scores: one finite number per event, whatever else is in the call."""

from __future__ import annotations

import numpy as np

from adbench.api import Events
from adbench.testing.conformance.agreement import Scores, must_agree
from adbench.testing.conformance.outcome import Fault
from adbench.testing.conformance.samples import background, harder
from adbench.testing.conformance.subject import Subject

__all__ = [
    "batch_size", "company", "empty_block", "finite_scores", "one_event", "order", "padding",
]  # fmt: skip

_ALONE = "compute each event from itself and from what fit stored; no mean, sort or scale of the call's events"
_EVENTS = 200


def finite_scores(subject: Subject) -> str:
    """It returns one finite real number per event for each score that it declares."""
    scores = subject.scores(background(_EVENTS, 3))
    subject.scores(harder(_EVENTS, 5))
    return ", ".join(f"{name} {values.dtype} ({len(values)},)" for name, values in scores.items())


def one_event(subject: Subject) -> str:
    """It scores a single event."""
    subject.scores(background(1, 3))
    return "one event, one score"


def empty_block(subject: Subject) -> str:
    """It returns no scores for no events."""
    try:
        subject.scores(background(1, 3)[:0])
    except Fault as fault:
        raise Fault(f"no events: {fault.reason}", "return an array of shape (0,) for events of length 0") from fault
    return "shape (0,)"


def batch_size(subject: Subject) -> str:
    """The score of an event does not depend on how many events are scored at once."""
    events = background(_EVENTS, 3)
    parts = [subject.scores(events[start : start + 7]) for start in range(0, 70, 7)]
    parts += [subject.scores(events[row : row + 1]) for row in range(70, 75)]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    must_agree(_first(subject.scores(events), 75), joined, "in a smaller batch", _ALONE)
    unscored = subject.unscored()
    if unscored is not None:  # one that keeps a scale from its first call has kept that of many events until here
        first = subject.scores(events[:7], unscored)
        fix = "keep nothing from a call of score; what events share is learnt in fit"
        must_agree(_first(subject.scores(events), 7), first, "scored first of all", fix)
    return "all at once, 7 at a time, alone"


def company(subject: Subject) -> str:
    """The score of an event does not depend on which other events are scored with it."""
    events = background(_EVENTS, 3)
    mixed = subject.scores(Events.concatenate([events, harder(_EVENTS, 5)]))
    must_agree(subject.scores(events), _first(mixed, _EVENTS), "beside anomalous events", _ALONE)
    return "background alone, and beside anomalies"


def order(subject: Subject) -> str:
    """The score of an event does not depend on its place in the call."""
    events, places = background(_EVENTS, 3), np.random.default_rng(6).permutation(_EVENTS)
    moved = subject.scores(events[places])
    plain = {name: values[places] for name, values in subject.scores(events).items()}
    must_agree(plain, moved, "in another order", "draw noise from self.context.normal(events, ...); see also: batch")
    return "shuffled"


def padding(subject: Subject) -> str:
    """The score of an event does not depend on the number of empty slots behind its objects."""
    events = background(_EVENTS, 3)
    wide = subject.scores(events.padded(events.kinds.shape[1] + 5))
    fix = "mask with events.present; for tables use events.tabular(leading) with the number seen in fit"
    must_agree(subject.scores(events), wide, "with five more empty slots", fix)
    return "five more empty slots"


def _first(scores: Scores, n: int) -> Scores:
    return {name: values[:n] for name, values in scores.items()}
