"""The detector under test: fitted at most a few times, whatever the number of checks, and watched meanwhile."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorSpec, Events, RunContext, ScoreError
from adbench.runs.measurement import Measurement
from adbench.runs.places import author_place
from adbench.runs.requirements import missing_requirements
from adbench.runs.shown import shown, write_refused
from adbench.testing.conformance.agreement import Scores
from adbench.testing.conformance.outcome import Fault, Skipped
from adbench.testing.conformance.raising import fault_of
from adbench.testing.conformance.random_state import advance, restore, snapshot, touched
from adbench.testing.conformance.reports import Reports
from adbench.testing.conformance.samples import background, examples

__all__ = ["EPOCHS", "Subject"]

T = TypeVar("T")

EPOCHS = 3
"""Parameters that count passes over the data are cut to this many, so that the checks take seconds."""

_COUNTS = frozenset({"epochs", "n_epochs", "num_epochs", "max_epochs", "fine_epochs", "least_steps"})
_ARRAYS = ("objects", "kinds", "features", "categories", "weights")


class Subject:
    """A detector by its description; what goes wrong while it is loaded or trained is met once and remembered."""

    def __init__(self, spec: DetectorSpec, workdir: Path) -> None:
        self.spec, self.workdir = spec, workdir
        self._module = spec.target.partition(":")[0]
        self.changed: list[str] = []  # arrays of events that were written to, in words
        self.used: list[str] = []  # global generators that were drawn from or seeded, in words
        self.told: set[tuple[type, str]] = set()  # what `score` raised and where, which one check tells for all
        self.unusable = False  # whether its scores broke their form, which one check tells for all
        self.shortened: dict[str, int] = {}  # parameters cut for speed
        self._kept: dict[str, Any] = {}
        self._unscored: Detector | None = None  # of the fitted one, a copy
        self._done: set[str] = set()  # steps that were watched once: their imports are over

    def detector_type(self) -> type[Detector]:
        """Return the class (or whatever makes the detector); raise Fault when it cannot be loaded."""
        return self._once("type", self._load)

    def params(self) -> Any:
        """Return the parameters of preset ``default``, with passes over the data cut to `EPOCHS`."""
        return self._once("params", self._resolve)

    def trained(self) -> Detector:
        """Return the fitted detector; raise Fault when training raises."""
        return self._once("trained", self._train_first)

    def fitted(self) -> Detector:
        """Return the fitted detector; skip the check when there is none, which `trained` tells in its own check."""
        try:
            return self.trained()
        except Fault:
            msg = "not tried: it could not be trained"
            raise Skipped(msg) from None

    def unscored(self) -> Detector | None:
        """Return a copy of the fitted detector from before it scored anything; None where it cannot be copied."""
        self.fitted()
        return self._unscored

    def again(self) -> Detector:
        """Return a second detector, fitted from the same seed and events while global generators stand elsewhere."""
        self.fitted()
        return self._once("again", lambda: self.train(other_state=True))

    def train(
        self,
        weights: NDArray[Any] | None = None,
        other_state: bool = False,
        priors: Mapping[str, Events] | None = None,
    ) -> Detector:
        """Return a newly fitted detector; raise Fault when training raises."""
        kind, params = self.detector_type(), self.params()
        train, validation = background(400, 1), background(150, 2)
        if weights is not None:
            train = replace(train, weights=weights.astype(np.float32))
        if priors is None:
            priors = {} if self.spec.supervision == "unsupervised" else examples()
        seen = {name: shown(events) for name, events in priors.items()}
        detector = self.attempt("making it", lambda: kind(params, self.context()))
        if not isinstance(getattr(detector, "context", None), RunContext):
            raise Fault("its __init__ leaves no self.context", "call super().__init__(params, context) in __init__")

        def fit() -> None:
            with write_refused(detector, "fit"):
                detector.fit(shown(train), shown(validation), seen)

        with self.watched("fit", {"train": train, "validation": validation, **priors}, other_state):
            self.attempt("fit", fit)
        return detector

    def context(self) -> RunContext:
        """Return the surroundings of a run of seed 0 on one thread of the CPU."""
        return RunContext(workdir=self.workdir, progress=Reports())

    def attempt(self, what: str, step: Callable[[], T]) -> T:
        """Return what a step of the detector returns; whatever it raises becomes a Fault that names step and line."""
        try:
            return step()
        except (Fault, Skipped, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit included, which would end all checks without a word
            raise fault_of(what, error, self._module) from error

    def scores(self, events: Events, detector: Detector | None = None) -> Scores:
        """Return the scores as a run would store them.

        Raises:
            Fault: scoring raised, or the scores are not one finite number per event.
            Skipped: the same again.
        """
        scorer, measurement = self.fitted() if detector is None else detector, Measurement()
        with self.watched("score", {"events": events}):
            try:
                measurement.score(self.spec, scorer, "check", events)
            except ScoreError as error:
                if self.unusable:
                    msg = "not tried: its scores are not one finite number per event"
                    raise Skipped(msg) from error
                self.unusable = True
                fix = "return float (n,), or a mapping of them with the names in DetectorSpec.scores, all finite"
                raise Fault(str(error), fix) from error
            except (Fault, KeyboardInterrupt):
                raise
            except BaseException as error:
                kind = (type(error), author_place(error, self._module))
                if kind in self.told:
                    msg = "not tried: score raises, as an earlier check tells"
                    raise Skipped(msg) from error
                self.told.add(kind)
                raise fault_of("score", error, self._module) from error
        return measurement.samples["check"].scores

    @contextmanager
    def watched(self, what: str, given: Mapping[str, Events], other_state: bool = False) -> Iterator[None]:
        """Note which arrays and which global generators a step changes; the generators get their states back."""
        before = {(name, array): getattr(events, array).copy() for name, events in given.items() for array in _ARRAYS}
        start = snapshot()
        if other_state:
            advance()
        states = snapshot()
        try:
            yield
        finally:
            if what in self._done:  # an import draws from the generators too, which is no fault of the detector
                self.used += [f"{name} in {what}" for name in touched(states, snapshot())]
            self._done.add(what)
            restore(start)
            for (name, array), content in before.items():
                if not np.array_equal(getattr(given[name], array), content, equal_nan=True):
                    self.changed.append(f"{what} changed {name}.{array}")

    def _load(self) -> type[Detector]:
        missing = missing_requirements(self.spec.requires)
        if missing:
            raise Fault(f"it needs {', '.join(missing)}", f"pip install {' '.join(repr(text) for text in missing)}")
        kind: type[Detector] = self.attempt("loading it", self.spec.load)
        return kind

    def _resolve(self) -> Any:
        params = self.attempt("its parameters", self.spec.resolve)
        counts = {f.name: getattr(params, f.name) for f in dataclasses.fields(params) if f.name in _COUNTS}
        long = [name for name, count in sorted(counts.items()) if isinstance(count, int) and count > EPOCHS]
        self.shortened = dict.fromkeys(long, EPOCHS)
        return self.attempt("its parameters", lambda: self.spec.resolve(overrides=self.shortened))

    def _train_first(self) -> Detector:
        detector = self.train()
        with contextlib.suppress(Exception):  # a handle of a library may refuse to be copied, which is no fault
            self._unscored = copy.deepcopy(detector)
        return detector

    def _once(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._kept:
            try:
                self._kept[name] = make()
            except Fault as fault:
                self._kept[name] = fault
        kept = self._kept[name]
        if isinstance(kept, Fault):
            raise kept
        return kept  # type: ignore[no-any-return]  # what `make` returned
