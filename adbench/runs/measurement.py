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
from adbench.api.errors import DetectorError, ScoreError
from adbench.api.events import Events
from adbench.api.specs import DetectorSpec
from adbench.runs.company import company_notes
from adbench.runs.scores import SampleScores
from adbench.runs.shown import shown, write_refused
from adbench.runs.training import Training

__all__ = ["BLOCK", "Measurement"]

BLOCK = 65_536
"""Events that a detector scores at once, so that its memory does not grow with the sample."""


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
            DetectorError: it wrote to the events, or its coordinates are no numbers, d per event.
        """
        parts: dict[str, list[NDArray[Any]]] = {name: [] for name in spec.scores}
        coordinates: dict[str, list[NDArray[Any]]] = {}
        for block in _blocks(events):
            with self.timed("score"), write_refused(detector, "score"):
                returned = detector.score(block)
            named = returned if isinstance(returned, Mapping) else {spec.scores[0]: returned}
            for name, values in parts.items():
                values.append(_checked(spec.name, sample, name, named, len(block)))
            with write_refused(detector, "coordinates"):
                points = detector.coordinates(block)
            for name, place in _points(spec.name, sample, points, len(block)).items():
                coordinates.setdefault(name, []).append(place)
        rows = np.asarray(events.aux.get("row", np.arange(len(events))), np.int64)
        scores = {name: _finite(spec.name, sample, name, np.concatenate(values)) for name, values in parts.items()}
        if not self.samples:  # once for each fitted model: its first sample stands for all
            with self.timed("score"):
                noted = company_notes(detector, spec.name, next(_blocks(events)), scores)
            self.notes += [note for note in noted if note not in self.notes]
        ids = events.aux.get("event_id")
        self.samples[sample] = SampleScores(
            scores,
            np.asarray(events.weights),
            rows,
            source_ids(events),
            event_ids=None if ids is None else np.asarray(ids, np.int64),
        )
        for name, values in coordinates.items():
            self.coordinates[f"{sample}|{name}"] = np.concatenate(values)

    def add_log_prob(self, detector: DensityEstimator, sample: str, events: Events) -> None:
        """Keep log p of a sample's events beside their scores; raise ScoreError unless all are finite."""
        parts = []
        for block in _blocks(events):
            with self.timed("log_prob"), write_refused(detector, "log_prob"):
                log_prob = np.asarray(detector.log_prob(block), np.float64)
            if log_prob.shape != (len(block),) or not np.isfinite(log_prob).all():
                msg = f"log_prob of {sample} is not one finite number per event"
                raise ScoreError(msg)
            parts.append(log_prob)
        self.samples[sample] = replace(self.samples[sample], log_prob=np.concatenate(parts))


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
    return values if values.dtype.kind == "f" else values.astype(np.float64)


def _points(detector: str, sample: str, returned: Any, n: int) -> dict[str, NDArray[Any]]:
    """Return coordinates as arrays of numbers (n, d): objects would be pickled, which nobody can read safely."""
    if not isinstance(returned, Mapping):
        msg = f"{detector}: coordinates returned {type(returned).__name__}; return arrays (n, d) by name, or {{}}"
        raise DetectorError(msg)
    points = {}
    for name, values in returned.items():
        try:
            array = np.asarray(values)
        except ValueError:  # rows of several lengths
            array = np.empty(0, object)
        if array.ndim != 2 or len(array) != n or array.dtype.kind not in "fiu":
            seen = f"coordinates '{name}' of {sample} are {array.dtype} {array.shape}"
            msg = f"{detector}: {seen}; expected numbers ({n}, d)"
            raise DetectorError(msg)
        points[str(name)] = array
    return points


def _finite(detector: str, sample: str, name: str, values: NDArray[Any]) -> NDArray[Any]:
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        msg = f"{detector}: score '{name}' of {sample} is NaN or infinite for {bad} of {len(values)} events"
        raise ScoreError(msg)
    return values


def _blocks(events: Events) -> Iterator[Events]:
    """Yield the events as a detector sees them, read-only, a bounded number at once; without any, one empty block."""
    visible = shown(events.stripped())
    for start in range(0, max(len(events), 1), BLOCK):
        yield visible[start : start + BLOCK]
