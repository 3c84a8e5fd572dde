"""The experiment itself: train on background, score background and signals. Everything else is book-keeping.

What a detector may see is decided here and nowhere else:

* An unsupervised detector sees training and validation background, and never a signal before it is fitted.
* A semi-supervised or supervised detector also sees the prior half of each signal, and is measured on the other. In a
  channel whose priors are proxies, samples of their own, signals are measured whole.
* Before a semi-supervised detector scores a signal, the priors of that signal's whole family are withheld.
* Where contamination is asked for, events of the prior halves of all signals are mixed into training and validation
  background, and signals are measured on the other halves.
* Events are read-only; nobody sees `Events.aux`; of a prior, which of its events are copies of one source is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from adbench.api.dataset import Dataset, prior_half, source_ids
from adbench.api.detector import DensityEstimator, Detector
from adbench.api.errors import AdbenchError
from adbench.api.events import Events
from adbench.api.specs import DetectorSpec
from adbench.data.gathering import gathered
from adbench.runs.contamination import TooFewSignalError, contaminated
from adbench.runs.folds import fold_of, merge_folds
from adbench.runs.measurement import Measurement
from adbench.runs.priors import prior_halves
from adbench.runs.shown import shown, write_refused
from adbench.runs.soundness import check_sound
from adbench.runs.targets import check_withholds, target_views

__all__ = ["MINIMUM_PRIOR_EVENTS", "Experiment", "SkippedRun"]

MINIMUM_PRIOR_EVENTS = 200
"""A prior with fewer events teaches nothing; it is left out with the reason."""

_TOLD: Final = ("semi-supervised", "supervised")  # classes of supervision that get priors; any other gets none


class SkippedRun(AdbenchError):  # noqa: N818  not a failure: the run ends with status skipped
    """The run makes no sense on this channel; the message says why."""


@dataclass(slots=True)
class Experiment:
    """One detector on one channel of a data set.

    Attributes:
        dataset: the data set.
        channel: a channel of it.
        spec: says which class of supervision the detector is in and which scores it returns.
        max_events: use only the first events of each sample; None = all.
        result: what was measured so far.
        contamination: share of signal among the events that are learnt from.
        seed: of the run; it draws which signal events those are.
    """

    dataset: Dataset
    channel: str
    spec: DetectorSpec
    max_events: int | None = None
    result: Measurement = field(default_factory=Measurement)
    contamination: float = 0.0
    seed: int = 0

    def run(
        self, make_detector: Callable[[], Detector], when_fitted: Callable[[Detector], None] | None = None
    ) -> Measurement:
        """Train and score everything that the channel has.

        Args:
            make_detector: returns a fresh detector; called once per fold.
            when_fitted: called between training and scoring, so that the model can be kept; not with folds.

        Raises:
            SkippedRun: too few prior events, or fewer signal events than the contamination needs.
            ScoreError: scores are not one finite number per event.
            DetectorError: it writes to its events, or learns from priors and does not let the target's be withheld.
            PluginError: the data set's priors hold events that are measured.
        """
        if self.dataset.info.folds > 1:
            return self._run_folds(make_detector)
        detector = make_detector()
        self._fit(detector, self.dataset)
        if when_fitted is not None:
            when_fitted(detector)
        return self.score(detector)

    def score(self, detector: Detector) -> Measurement:
        """Score everything that the channel has with a fitted detector."""
        self._score(detector, self.dataset)
        return self.result

    def _run_folds(self, make_detector: Callable[[], Detector]) -> Measurement:
        parts, folds = [], self.dataset.info.folds
        for index in range(folds):
            view, detector = self.dataset.fold(index), make_detector()
            self.result.samples = {}
            self._fit(detector, view, index)
            self._score(detector, view, index)
            parts.append(self.result.samples)
        self.result.samples = merge_folds(parts)
        if self.result.coordinates:
            self.result.coordinates = {}
            self.result.notes.append("coordinates are not kept with folds: the models share no axes")
        return self.result

    def _fit(self, detector: Detector, dataset: Dataset, fold: int | None = None) -> None:
        check_withholds(self.spec, detector)
        detector.can_save()  # a faulty `load` is told here and not after hours of training
        with self.result.timed("load"):
            train = self._learnt_from(dataset, self._limited(dataset.train(self.channel)), "train")
            validation = self._learnt_from(dataset, self._limited(dataset.validation(self.channel)), "validation")
            priors = self._priors(dataset)
        self.result.training.begin(fold)
        seen = {name: shown(events) for name, events in priors.items()}
        with self.result.timed("fit"), write_refused(detector, "fit"):
            detector.fit(shown(train), shown(validation), seen)

    def _score(self, detector: Detector, dataset: Dataset, fold: int | None = None) -> None:
        """Score all samples; the model of a fold scores the signal and unlabelled events that are dealt to it."""
        self._keep_notes(detector)
        background = self._limited(dataset.background(self.channel))
        self.result.score(self.spec, detector, "validation", self._limited(dataset.validation(self.channel)))
        self.result.score(self.spec, detector, "background", background)
        if isinstance(detector, DensityEstimator):
            self.result.add_log_prob(detector, "background", background)
        priors = frozenset(self._usable_priors(dataset))
        for target, view in target_views(self.spec, detector, dataset.info, self.channel, priors):
            with self.result.timed("load"):
                events = self._limited(dataset.signal(self.channel, target))
                if self._learns_from(target):
                    events = gathered(events, np.flatnonzero(~prior_half(source_ids(events))))
            self.result.score(self.spec, view, f"signal/{target}", self._dealt(events, fold))
            if view is not detector:
                self.result.score(self.spec, view, f"target/{target}/background", background)
        unlabelled = dataset.unlabelled(self.channel)
        if unlabelled is not None:
            self.result.score(self.spec, detector, "unlabelled", self._dealt(self._limited(unlabelled), fold))
        self._keep_notes(detector)  # of scoring, too

    def _keep_notes(self, detector: Detector) -> None:
        self.result.notes += [note for note in detector.context.notes if note not in self.result.notes]

    def _learns_from(self, target: str) -> bool:
        """Tell whether the prior half of a signal may be learnt from in this run."""
        told = self.spec.supervision in _TOLD or self.contamination > 0
        return told and target in self.dataset.info.halved(self.channel)

    def _dealt(self, events: Events, fold: int | None) -> Events:
        """Return the events that the model of a fold scores; all of them without folds."""
        if fold is None:
            return events
        return gathered(events, np.flatnonzero(fold_of(source_ids(events), self.dataset.info.folds) == fold))

    def _learnt_from(self, dataset: Dataset, background: Events, what: str) -> Events:
        """Return background as a detector learns from it: without aux, and contaminated where that is asked for."""
        if not self.contamination:
            return background.stripped()
        if self.channel in dataset.info.proxies:
            msg = f"contamination is signal from prior halves, and the priors of channel {self.channel} are proxies"
            raise SkippedRun(msg)
        signals = {
            name: self._limited(events).stripped() for name, events in prior_halves(dataset, self.channel).items()
        }
        try:
            return contaminated(background.stripped(), signals, self.contamination, self.seed, what)
        except TooFewSignalError as error:
            raise SkippedRun(str(error)) from error

    def _limited(self, events: Events) -> Events:
        """Return the first events of a sample, as many as the run uses; raise DataError where they cannot be used."""
        used = events[: self.max_events]
        check_sound(used, f"channel {self.channel}")
        return used

    def _usable_priors(self, dataset: Dataset) -> Mapping[str, Events]:
        """Return the priors that teach something; nothing for an unsupervised detector. Note which are left out."""
        if self.spec.supervision not in _TOLD:
            return {}
        priors = {name: self._limited(events) for name, events in prior_halves(dataset, self.channel).items()}
        for name, events in priors.items():
            note = f"prior {name} left out: {len(events)} < {MINIMUM_PRIOR_EVENTS} events"
            if len(events) < MINIMUM_PRIOR_EVENTS and note not in self.result.notes:
                self.result.notes.append(note)
        return {name: events.as_prior() for name, events in priors.items() if len(events) >= MINIMUM_PRIOR_EVENTS}

    def _priors(self, dataset: Dataset) -> Mapping[str, Events]:
        """Return the priors that a detector of this class is trained with."""
        priors = self._usable_priors(dataset)
        if self.spec.supervision in _TOLD and not priors:
            msg = f"no prior has {MINIMUM_PRIOR_EVENTS} events in channel {self.channel}"
            raise SkippedRun(msg)
        return priors
