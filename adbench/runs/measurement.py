"""What a run measured so far: filled while it goes on, so that a failed run still knows its cost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import source_ids
from adbench.api.detector import DensityEstimator, Detector
from adbench.api.errors import ScoreError
from adbench.api.events import Events
from adbench.api.specs import DetectorSpec
from adbench.runs.scores import SampleScores
from adbench.runs.training import Training

__all__ = ["Measurement"]


@dataclass(slots=True)
class Measurement:
    """All that a run measured.

    Attributes:
        samples: scores by sample.
        coordinates: latent or loss-space coordinates, by ``<sample>|<name>``.
        timings: wall-clock seconds of each phase.
        notes: what a reader of the scores must know.
        training: what the fits reported.
    """

    samples: dict[str, SampleScores] = field(default_factory=dict)
    coordinates: dict[str, NDArray[Any]] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    training: Training = field(default_factory=Training)

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the time of a block to a phase, also when it raises."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.timings[phase] = self.timings.get(phase, 0.0) + time.perf_counter() - start

    def score(self, spec: DetectorSpec, detector: Detector, sample: str, events: Events) -> None:
        """Score a sample, check what comes back, and keep it.

        Raises:
            ScoreError: the detector did not return one finite number per event for each of its scores.
        """
        visible = events.stripped()
        with self.timed("score"):
            returned = detector.score(visible)
        named = returned if isinstance(returned, Mapping) else {spec.scores[0]: returned}
        rows = np.asarray(events.aux.get("row", np.arange(len(events))), np.int64)
        scores = {name: _checked(spec.name, sample, name, named, len(events)) for name in spec.scores}
        self.samples[sample] = SampleScores(scores, np.asarray(events.weights), rows, source_ids(events))
        for name, values in detector.coordinates(visible).items():
            self.coordinates[f"{sample}|{name}"] = values

    def add_log_prob(self, detector: DensityEstimator, sample: str, events: Events) -> None:
        """Keep log p of a sample's events beside their scores; raise ScoreError unless all are finite."""
        with self.timed("log_prob"):
            log_prob = np.asarray(detector.log_prob(events.stripped()), np.float64)
        if log_prob.shape != (len(events),) or not np.isfinite(log_prob).all():
            msg = f"log_prob of {sample} is not one finite number per event"
            raise ScoreError(msg)
        self.samples[sample] = replace(self.samples[sample], log_prob=log_prob)


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
