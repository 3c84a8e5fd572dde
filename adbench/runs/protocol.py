"""The experiment itself: train on background, score background and signals. Everything else is book-keeping.

What a detector may see is decided here and nowhere else:

* An unsupervised detector sees training and validation background, and never a signal before it is fitted.
* A semi-supervised or supervised detector also sees the prior half of each signal, and is measured on the other.
* Before a semi-supervised detector scores a signal, the priors of that signal's whole family are withheld.
* Nobody sees `Events.aux`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import Dataset, DatasetInfo, prior_half, source_ids
from adbench.api.detector import DensityEstimator, Detector
from adbench.api.errors import AdbenchError, ScoreError
from adbench.api.events import Events
from adbench.api.specs import DetectorSpec
from adbench.runs.folds import fold_of, merge_folds
from adbench.runs.scores import SampleScores

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MINIMUM_PRIOR_EVENTS", "Measurement", "SkippedRun", "measure"]

MINIMUM_PRIOR_EVENTS = 200
"""A prior with fewer events teaches nothing; it is left out with the reason."""


class SkippedRun(AdbenchError):  # noqa: N818  not a failure: the run ends with status skipped
    """The run makes no sense on this channel; the message says why."""


@dataclass(slots=True)
class Measurement:
    """All that a run measured.

    Attributes:
        samples: scores by sample.
        coordinates: latent or loss-space coordinates, by ``<sample>|<name>``.
        timings: wall-clock seconds of each phase.
        notes: what a reader of the scores must know.
        detector: the fitted detector, where one model scored everything; None with folds.
    """

    samples: dict[str, SampleScores] = field(default_factory=dict)
    coordinates: dict[str, NDArray[Any]] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    detector: Detector | None = None

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the time of a block to a phase."""
        start = time.perf_counter()
        yield
        self.timings[phase] = self.timings.get(phase, 0.0) + time.perf_counter() - start


def measure(
    dataset: Dataset,
    channel: str,
    spec: DetectorSpec,
    make_detector: Callable[[], Detector],
    max_events: int | None = None,
) -> Measurement:
    """Train a detector on one channel and score everything that the channel has.

    Args:
        dataset: the data set.
        channel: a channel of it.
        spec: says which class of supervision the detector is in and which scores it returns.
        make_detector: returns a fresh detector; called once per fold.
        max_events: use only the first events of each sample.

    Raises:
        SkippedRun: too few prior events.
        ScoreError: scores are not one finite number per event.
    """
    if dataset.info.folds == 1:
        return _measure_once(dataset, channel, spec, make_detector(), max_events)
    parts = [
        _measure_once(dataset.fold(index), channel, spec, make_detector(), max_events, (index, dataset.info.folds))
        for index in range(dataset.info.folds)
    ]
    result = Measurement(samples=merge_folds([part.samples for part in parts]), notes=parts[0].notes)
    for part in parts:
        for phase, seconds in part.timings.items():
            result.timings[phase] = result.timings.get(phase, 0.0) + seconds
    return result


def _measure_once(
    dataset: Dataset,
    channel: str,
    spec: DetectorSpec,
    detector: Detector,
    max_events: int | None,
    fold: tuple[int, int] | None = None,
) -> Measurement:
    result = Measurement(detector=detector)
    limit = slice(max_events)
    with result.timed("load"):
        train = dataset.train(channel)[limit].stripped()
        validation = dataset.validation(channel)[limit].stripped()
        priors = _priors(dataset, channel, spec, limit, result)
    with result.timed("fit"):
        detector.fit(train, validation, priors)
    del train
    score = _Scorer(spec, result)
    score(detector, "validation", dataset.validation(channel)[limit])
    background = dataset.background(channel)[limit]
    score(detector, "background", background)
    if isinstance(detector, DensityEstimator):
        with result.timed("log_prob"):
            _add_log_prob(detector, result, "background", background)
    for target, view in _targets(dataset.info, channel, spec, detector, priors):
        with result.timed("load"):
            events = dataset.signal(channel, target)[limit]
            if spec.supervision != "unsupervised":
                events = events[~prior_half(source_ids(events))]
            if fold is not None:
                events = events[fold_of(source_ids(events), fold[1]) == fold[0]]
        score(view, f"signal/{target}", events)
        if view is not detector:
            score(view, f"target/{target}/background", background)
    unlabelled = dataset.unlabelled(channel)
    if unlabelled is not None:
        score(detector, "unlabelled", unlabelled[limit])
    return result


def _priors(
    dataset: Dataset, channel: str, spec: DetectorSpec, limit: slice, result: Measurement
) -> Mapping[str, Events]:
    """Return the priors that a detector of this class gets; say which are left out."""
    if spec.supervision == "unsupervised":
        return {}
    usable = {}
    for name, events in dataset.priors(channel).items():
        if len(events[limit]) < MINIMUM_PRIOR_EVENTS:
            result.notes.append(f"prior {name} left out: {len(events[limit])} < {MINIMUM_PRIOR_EVENTS} events")
        else:
            usable[name] = events[limit].stripped()
    if not usable:
        msg = f"no prior has {MINIMUM_PRIOR_EVENTS} events in channel {channel}"
        raise SkippedRun(msg)
    return usable


def _targets(
    info: DatasetInfo, channel: str, spec: DetectorSpec, detector: Detector, priors: Mapping[str, Events]
) -> Iterator[tuple[str, Detector]]:
    """Yield each signal with the view of the detector that may score it, built once per family."""
    views: dict[frozenset[str], Detector] = {}
    for target in info.signals.get(channel, ()):
        if spec.supervision != "semi-supervised":
            yield target, detector
            continue
        withheld = frozenset(name for name in priors if info.family(name) == info.family(target))
        if withheld not in views:
            views[withheld] = detector.for_target(withheld) if withheld else detector
        yield target, views[withheld]


@dataclass(slots=True)
class _Scorer:
    """Scores samples one by one, checks what comes back and files it."""

    spec: DetectorSpec
    result: Measurement

    def __call__(self, detector: Detector, sample: str, events: Events) -> None:
        visible = events.stripped()
        with self.result.timed("score"):
            returned = detector.score(visible)
        named = returned if isinstance(returned, Mapping) else {self.spec.scores[0]: returned}
        rows = np.asarray(events.aux.get("row", np.arange(len(events))), np.int64)
        scores = {name: _checked(self.spec.name, sample, name, named, len(events)) for name in self.spec.scores}
        self.result.samples[sample] = SampleScores(scores, np.asarray(events.weights), rows, source_ids(events))
        for name, values in detector.coordinates(visible).items():
            self.result.coordinates[f"{sample}|{name}"] = values


def _checked(detector: str, sample: str, name: str, returned: Mapping[str, Any], n: int) -> NDArray[Any]:
    if name not in returned:
        msg = f"{detector} returned no score '{name}' for {sample}; it returned {', '.join(returned) or 'none'}"
        raise ScoreError(msg)
    values = np.asarray(returned[name])
    if values.shape != (n,):
        msg = f"{detector}: score '{name}' of {sample} has shape {values.shape}; expected one per event, ({n},)"
        raise ScoreError(msg)
    if values.dtype.kind not in "fiu":
        msg = f"{detector}: score '{name}' of {sample} is {values.dtype}; expected real numbers"
        raise ScoreError(msg)
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        msg = f"{detector}: score '{name}' of {sample} is NaN or infinite for {bad} of {n} events"
        raise ScoreError(msg)
    return values if values.dtype.kind == "f" else values.astype(np.float64)


def _add_log_prob(detector: DensityEstimator, result: Measurement, sample: str, events: Events) -> None:
    log_prob = np.asarray(detector.log_prob(events.stripped()), np.float64)
    if log_prob.shape != (len(events),) or not np.isfinite(log_prob).all():
        msg = f"log_prob of {sample} is not one finite number per event"
        raise ScoreError(msg)
    result.samples[sample] = replace(result.samples[sample], log_prob=log_prob)
