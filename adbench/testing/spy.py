"""A detector that keeps what a run shows to it, and the run itself, on toys: how tests look inside an experiment."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from adbench.api.dataset import DatasetOptions
from adbench.api.detector import Detector
from adbench.api.events import Events
from adbench.api.specs import DetectorSpec, Supervision
from adbench.runs.measurement import Measurement
from adbench.runs.protocol import Experiment
from adbench.testing.toys import ToyDataset

__all__ = ["Spy", "run_on_toys", "toy_spec"]


class Spy(Detector):
    """Keeps what it is shown; its score is missing transverse momentum in GeV."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Keep the three."""
        self.train, self.validation, self.priors = train, validation, priors
        self.seen: list[Events] = []
        self.asked: list[frozenset[str]] = []

    def for_target(self, withheld: frozenset[str]) -> Detector:
        """Keep the names, and return a copy that shares what is kept."""
        self.asked.append(withheld)
        return copy.copy(self)

    def score(self, events: Events) -> NDArray[Any]:
        """Keep the events."""
        self.seen.append(events)
        return events.feature("met")


def toy_spec(supervision: Supervision = "unsupervised", scores: tuple[str, ...] = ("score",)) -> DetectorSpec:
    """Return a description of a detector that is called toy."""
    return DetectorSpec(name="toy", target="x:Y", supervision=supervision, scores=scores)


def run_on_toys(detector: Detector, made_of: DetectorSpec, channel: str = "a", **options: Any) -> Measurement:
    """Return what a run of a detector on the toys measures; `options` are those of the data set."""
    return Experiment(ToyDataset(DatasetOptions(**options)), channel, made_of).run(lambda: detector)
