from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adbench.api import (
    DatasetOptions,
    Detector,
    DetectorError,
    Events,
    ScoreError,
)
from adbench.runs.protocol import Experiment
from adbench.testing.faults import Faulty
from adbench.testing.spy import Spy, run_on_toys, toy_spec
from adbench.testing.toys import ExponentialDensity, Met, NearestPrior, ToyDataset


def test_an_unsupervised_detector_sees_background_without_aux_and_no_prior() -> None:
    spy = Spy()
    result = run_on_toys(spy, toy_spec())
    assert spy.priors == {}
    assert not spy.train.aux
    assert all(not events.aux for events in spy.seen)
    assert list(result.samples) == [
        "validation", "background", "signal/bump_1", "signal/bump_2", "signal/shift", "unlabelled",
    ]  # fmt: skip
    assert {name: len(sample) for name, sample in result.samples.items()}["signal/shift"] == 500
    assert spy.asked == []


def test_a_fitted_detector_goes_on_without_training() -> None:
    dataset, made = ToyDataset(DatasetOptions()), toy_spec("semi-supervised")
    kept: list[Detector] = []
    whole = Experiment(dataset, "a", made).run(NearestPrior, kept.append)
    again = Experiment(dataset, "a", made).score(kept[0])
    assert "fit" not in again.timings
    assert list(again.samples) == list(whole.samples)
    for name, sample in whole.samples.items():
        np.testing.assert_array_equal(again.samples[name].scores["score"], sample.scores["score"])


def test_coordinates_and_several_scores_are_kept() -> None:
    result = run_on_toys(Met(), toy_spec(scores=("met", "noisy")))
    assert set(result.samples["background"].scores) == {"met", "noisy"}
    assert result.coordinates["signal/shift|plane"].shape == (500, 2)


def test_a_density_gives_its_log_prob_of_the_background() -> None:
    background = run_on_toys(ExponentialDensity(), toy_spec()).samples["background"]
    np.testing.assert_allclose(background.log_prob, -background.scores["score"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("nan", "score 'score' of validation is NaN or infinite for 3 of 200 events"),
        ("shape", r"has shape \(199,\); expected one per event, \(200,\)"),
        ("missing_score", "no score 'score' for validation; it returned other"),
    ],
)
def test_scores_that_are_not_one_finite_number_per_event_are_errors(how: str, message: str) -> None:
    with pytest.raises(ScoreError, match=message):
        run_on_toys(Faulty(Faulty.Params(how)), toy_spec())


def test_large_samples_are_scored_in_blocks_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    toys, both = ToyDataset(DatasetOptions()), toy_spec(scores=("met", "noisy"))
    whole = Experiment(toys, "a", both).run(Met)
    density = Experiment(toys, "a", toy_spec()).run(ExponentialDensity)
    monkeypatch.setattr("adbench.runs.measurement.BLOCK", 7)
    blocks = Experiment(toys, "a", both).run(Met)
    assert blocks.samples.keys() == whole.samples.keys()
    for name, sample in whole.samples.items():
        for score, values in sample.scores.items():
            np.testing.assert_array_equal(blocks.samples[name].scores[score], values)
        np.testing.assert_array_equal(blocks.samples[name].rows, sample.rows)
        np.testing.assert_array_equal(blocks.coordinates[f"{name}|plane"], whole.coordinates[f"{name}|plane"])
    again = Experiment(toys, "a", toy_spec()).run(ExponentialDensity)
    np.testing.assert_array_equal(again.samples["background"].log_prob, density.samples["background"].log_prob)
    detector = Spy()
    Experiment(toys, "a", toy_spec()).run(lambda: detector)
    assert {len(events) for events in detector.seen} == {7, 200 % 7, 400 % 7, 500 % 7, 50 % 7} - {0}


def test_a_limit_takes_the_first_events_of_each_sample() -> None:
    dataset = ToyDataset(DatasetOptions())
    whole = Experiment(dataset, "a", toy_spec()).run(Spy)
    spy = Spy()
    part = Experiment(dataset, "a", toy_spec(), max_events=30).run(lambda: spy)
    assert len(spy.train) == len(spy.validation) == 30
    for name, sample in part.samples.items():
        assert len(sample) == 30
        np.testing.assert_array_equal(sample.rows, whole.samples[name].rows[:30])


class Placed(Spy):
    def __init__(self, points: Any) -> None:
        super().__init__()
        self.points = points

    def coordinates(self, events: Events) -> Any:
        return self.points(len(events))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (lambda n: {"latent": np.zeros(3)}, r"coordinates 'latent' of validation are float64 \(3,\); expected numbers"),
        (lambda n: {"latent": np.zeros((n - 1, 2))}, r"float64 \(199, 2\); expected numbers \(200, d\)"),
        (lambda n: {"latent": [[None]] * n}, r"are object \(200, 1\)"),
        (lambda n: {"latent": [[0.0], *[[0.0, 1.0]] * (n - 1)]}, "are object"),
        (lambda n: np.zeros((n, 2)), "toy: coordinates returned ndarray; return arrays"),
    ],
)
def test_coordinates_that_are_no_numbers_are_errors_and_never_stored(points: Any, words: str) -> None:
    with pytest.raises(DetectorError, match=words):
        run_on_toys(Placed(points), toy_spec())


class Notes(Spy):
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        super().fit(train, validation, priors)
        self.context.note("noted in fit")

    def score(self, events: Events) -> NDArray[Any]:
        self.context.note("noted in score")
        return super().score(events)


def test_notes_of_fitting_and_of_scoring_are_kept_once() -> None:
    assert run_on_toys(Notes(), toy_spec()).notes == ["noted in fit", "noted in score"]
