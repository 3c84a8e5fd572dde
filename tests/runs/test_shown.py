"""Events that a run shows are read-only, and whoever writes to them is told so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from numpy.typing import NDArray

from adbench.api import (
    Dataset,
    DatasetOptions,
    Detector,
    DetectorError,
    Events,
)
from adbench.runs.protocol import Experiment
from adbench.testing.spy import Spy, run_on_toys, toy_spec
from adbench.testing.toys import ToyDataset


class WritesWhileFitting(Spy):
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        train.objects[:] = 0.0


class WritesToPriors(Spy):
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        priors["shift"].aux["source"].sort()


class WritesWhileScoring(Spy):
    def score(self, events: Events) -> NDArray[Any]:
        met = events.feature("met")
        met /= 60.0
        return met


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            WritesWhileFitting,
            r"WritesWhileFitting: fit wrote to read-only events \(test_shown.py:\d+\): .*read-only",
        ),
        (WritesToPriors, r"fit wrote to read-only events .*; copy before you write: x = events.objects.copy\(\)"),
        (WritesWhileScoring, r"score wrote to read-only events \(test_shown.py:\d+\)"),
    ],
)
def test_a_detector_that_writes_to_its_events_is_told_where(kind: type[Detector], words: str) -> None:
    with pytest.raises(DetectorError, match=words):
        run_on_toys(kind(), toy_spec("supervised"))


def test_the_harness_does_not_write_to_events() -> None:
    class Frozen(ToyDataset):
        def signal(self, channel: str, name: str) -> Events:
            events = super().signal(channel, name)
            for array in (events.objects, events.kinds, events.features, events.weights):
                array.flags.writeable = False
            return events

    dataset: Dataset = Frozen(DatasetOptions())
    assert Experiment(dataset, "b", toy_spec()).run(Spy).samples["signal/shift"].weights.sum() == 500
