"""Checks of what a detector leaves alone, repeats, keeps and finds."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from adbench.api import DensityEstimator, Detector, DetectorError, Events
from adbench.testing.conformance.agreement import must_agree
from adbench.testing.conformance.outcome import Fault, Skipped
from adbench.testing.conformance.samples import SCHEMA, background, harder
from adbench.testing.conformance.subject import Subject

__all__ = [
    "anomalies",
    "density",
    "global_random",
    "input_kept",
    "same_seed",
    "save_and_load",
    "weights",
]  # fmt: skip

_EVENTS = 200


def same_seed(subject: Subject) -> str:
    """The same seed and events give the same scores: scored twice, and trained twice."""
    events = background(_EVENTS, 3)
    scores = subject.scores(events)
    must_agree(scores, subject.scores(events), "when scored again", "draw from self.context.normal(events, ...)")
    second = subject.scores(events, subject.again())
    must_agree(scores, second, "when trained again from the same seed", "draw from self.context.rng('what for') alone")
    return "scored twice, trained twice"


def input_kept(subject: Subject) -> str:
    """It does not write to the events that it is given."""
    subject.fitted()
    subject.scores(background(_EVENTS, 3))
    if subject.changed:
        seen = "; ".join(dict.fromkeys(subject.changed))
        raise Fault(seen, "copy before you write: x = events.objects.copy(); arrays may be files of the data set")
    return "fit and score"


def global_random(subject: Subject) -> str:
    """It leaves the global random generators of Python, numpy and torch as they are."""
    subject.again()
    subject.scores(background(_EVENTS, 3))
    if subject.used:
        seen = f"used the global random generator {', '.join(dict.fromkeys(subject.used))}"
        raise Fault(seen, "draw from self.context.rng('what for'); for torch, adbench.torchkit.seeding")
    return "fit and score"


def anomalies(subject: Subject) -> str:
    """It gives higher scores to events with six times the momenta and more objects."""
    if "random" in subject.spec.tags:
        msg = "tagged random: its score is not meant to find anything"
        raise Skipped(msg)
    name = subject.spec.scores[0]
    known, odd = subject.scores(background(_EVENTS, 3))[name], subject.scores(harder(_EVENTS, 5))[name]
    auc = float(np.mean((odd[:, None] > known) + 0.5 * (odd[:, None] == known)))
    seen = f"score '{name}' ranks harder events above background with AUC {auc:.2f}"
    if auc < 0.4:
        raise Fault(f"{seen}: the sign is reversed", "higher means more anomalous; return the score times -1")
    if auc < 0.6:
        raise Fault(f"{seen}: it does not see them", "look at the scaling of its input; higher means more anomalous")
    return seen


def weights(subject: Subject) -> str:
    """It learns from weighted events."""
    subject.fitted()
    fitted = subject.train(weights=np.random.default_rng(7).uniform(0.5, 2.0, 400))
    subject.scores(background(_EVENTS, 3), fitted)
    return "weights between 0.5 and 2"


def save_and_load(subject: Subject) -> str:
    """It gives the same scores when it was saved and loaded."""
    detector = subject.fitted()
    try:
        both = detector.can_save()
    except DetectorError as error:
        reason, _, fix = str(error).partition("; ")
        raise Fault(reason, fix) from error
    if not both:
        _refuse_half(type(detector))
        msg = "no save and load: a run that is cut off trains again"
        raise Skipped(msg)
    events = background(_EVENTS, 3)
    with tempfile.TemporaryDirectory(dir=subject.workdir) as folder:
        place = Path(folder)
        subject.attempt("save", lambda: detector.save(place))
        loaded: object = subject.attempt(
            "load", lambda: type(detector).load(place, subject.params(), subject.context())
        )
        if not isinstance(loaded, Detector):
            raise Fault(f"load returned {loaded!r}", "end load with: return detector")
        seen = subject.scores(events, loaded)
    must_agree(subject.scores(events), seen, "after save and load", "save all that fit computed, in full precision")
    return "the same scores"


def density(subject: Subject) -> str:
    """Its log density is one finite number per event, and its samples are events that it can judge."""
    detector = subject.fitted()
    if not isinstance(detector, DensityEstimator):
        msg = "no DensityEstimator"
        raise Skipped(msg)
    _finite_log_prob(subject, detector, background(_EVENTS, 3), "background")
    drawn = subject.attempt("sample", lambda: detector.sample(50, np.random.default_rng(8)))
    if not isinstance(drawn, Events) or len(drawn) != 50 or drawn.schema != SCHEMA:
        raise Fault(f"sample(50, rng) returned {type(drawn).__name__}, not 50 events of the training's schema",
                    "return Events.build(schema seen in fit, ...) of length n")  # fmt: skip
    again = subject.attempt("sample", lambda: detector.sample(50, np.random.default_rng(8)))
    if not np.array_equal(drawn.objects, again.objects) or not np.array_equal(drawn.features, again.features):
        raise Fault("sample gives other events for the same generator", "draw from the rng that is handed over alone")
    _finite_log_prob(subject, detector, drawn, "its own samples")
    return "log_prob and sample"


def _refuse_half(kind: type[Detector]) -> None:
    """Raise Fault when a detector has one of `save` and `load`, which alone is of no use."""
    if kind.save is not Detector.save:
        fix = "write load too: @classmethod def load(cls, folder, params, context), or leave save out"
        raise Fault(f"{kind.__name__} has save but no load: no run can go on from what it saves", fix)
    if kind.load.__func__ is not Detector.load.__func__:  # type: ignore[attr-defined]
        raise Fault(f"{kind.__name__} has load but no save", "write save(self, folder) too, or leave load out")


def _finite_log_prob(subject: Subject, detector: DensityEstimator, events: Events, what: str) -> None:
    values = np.asarray(subject.attempt("log_prob", lambda: detector.log_prob(events)))
    if values.shape != (len(events),) or values.dtype.kind != "f" or not np.isfinite(values).all():
        raise Fault(f"log_prob of {what} is not one finite number per event", "return float (n,), all finite")
