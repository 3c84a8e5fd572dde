"""What the benchmarks of detectors share: events, a brief fit, the time of its epochs."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from adbench_darkmachines.dataset import DarkMachines

from adbench.api import DatasetOptions, Detector, DetectorSpec, Events, RunContext
from adbench.api.params import resolve

CHANNEL, EPOCHS = "1", 3


@dataclass(frozen=True, slots=True)
class Samples:
    """Events of channel 1 of the bundled sample: to learn from, to validate with, to score, to be told of."""

    train: Events
    validation: Events
    test: Events
    signals: Mapping[str, Events]

    @classmethod
    def of(cls, training: int, scoring: int) -> Samples:
        """Return as many events."""
        dataset = DarkMachines(DatasetOptions())
        train, validation, test = (part(CHANNEL) for part in (dataset.train, dataset.validation, dataset.background))
        names = dataset.info.signals[CHANNEL][:3]
        signals = {name: dataset.signal(CHANNEL, name)[:1000] for name in names}
        return cls(train[:training], validation[:1000], test[:scoring], signals)

    def priors(self, spec: DetectorSpec) -> Mapping[str, Events]:
        """Return what a detector may be told of signals."""
        return {} if spec.supervision == "unsupervised" else self.signals


class Epochs:
    """Progress that keeps when each epoch of the first fit ended."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.ends: list[float] = []
        self._clock = clock

    def __call__(self, phase: str, step: int, total: int, **figures: float) -> None:
        """Note the time of an epoch, as long as steps go up."""
        if phase == "fit" and step == len(self.ends) + 1:
            self.ends.append(self._clock())

    def seconds(self) -> float | None:
        """Return the median seconds of an epoch behind the first; None of a detector without epochs."""
        steps = [b - a for a, b in itertools.pairwise(self.ends)]
        return statistics.median(steps) if steps else None


def brief(spec: DetectorSpec, **changes: Any) -> Any:
    """Return the parameters of the preset default, with a few epochs where there are epochs."""
    kind = spec.load()
    usual = {**spec.params, **spec.presets.get("default", {})}
    known = resolve(kind.Params, usual)
    few = {"epochs": EPOCHS, "least_steps": 0, "patience": 0, "pretraining": 0, **changes}
    return resolve(kind.Params, {**usual, **{name: value for name, value in few.items() if hasattr(known, name)}})


def fitted(
    spec: DetectorSpec, samples: Samples, clock: Callable[[], float], device: str = "cpu", **changes: Any
) -> tuple[Detector, float]:
    """Return a detector after a brief fit, and the seconds of one epoch, or of the fit where there are no epochs."""
    epochs = Epochs(clock)
    detector = spec.load()(brief(spec, **changes), RunContext(device=device, progress=epochs))
    start = clock()
    detector.fit(samples.train, samples.validation, samples.priors(spec))
    return detector, epochs.seconds() or clock() - start


def first(scores: Any) -> np.ndarray[Any, Any]:
    """Return the scores of the leaderboard: the first of several."""
    return np.asarray(next(iter(scores.values())) if isinstance(scores, Mapping) else scores, np.float64)
