from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adbench.api import DatasetOptions, Detector, DetectorSpec, Events, RunContext
from adbench.runs.company import company_notes, differences
from adbench.runs.measurement import Measurement
from adbench.testing.toys import ToyDataset


class Rank(Detector):
    """As PyOD's ECOD: an event's place among those of the call."""

    def fit(self, train: Events, validation: Events, priors: Any) -> None:
        """Learn nothing."""

    def score(self, events: Events) -> Any:
        met = events.feature("met").astype(np.float64)
        return np.argsort(np.argsort(met)) / len(events)


class Sum(Rank):
    """Of the event itself, with the noise of float32 sums."""

    def score(self, events: Events) -> Any:
        met = events.feature("met")
        return {"sum": met * np.float32(1 + 1e-6 * (len(events) % 7))}


@pytest.fixture(scope="module")
def events() -> Events:
    return ToyDataset(DatasetOptions()).background("a")


def test_scores_among_the_events_of_the_call_are_noted_in_a_run(events: Events) -> None:
    result = Measurement()
    detector = Rank(None, RunContext())
    for sample in ("validation", "background"):
        result.score(DetectorSpec(name="rank", target="", scores=("rank",)), detector, sample, events)
    (note,) = result.notes
    assert note.startswith("score 'rank' of an event depends on the events that are scored with it, by 0.")
    assert note.endswith("see adbench check rank")


def test_rounding_and_few_events_are_no_dependence(events: Events) -> None:
    detector = Sum(None, RunContext())
    assert company_notes(detector, "sum", events, detector.score(events)) == []
    assert company_notes(Rank(None, RunContext()), "rank", events[:64], {"rank": np.zeros(64)}) == []


def test_differences_are_relative_to_the_score_or_to_the_spread() -> None:
    np.testing.assert_allclose(differences([100.0, 100.0], [101.0, 100.0]), [1 / 101, 0.0])
    np.testing.assert_allclose(differences([0.0, 2.0, 0.0, 2.0], [0.1, 2.0, 0.0, 2.0]), [0.1, 0.0, 0.0, 0.0])
