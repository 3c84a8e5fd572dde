from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adbench.api import (
    Dataset,
    DatasetInfo,
    DatasetOptions,
    Detector,
    DetectorError,
    DetectorSpec,
    Events,
    PluginError,
    ScoreError,
    prior_half,
)
from adbench.api.specs import Supervision
from adbench.runs.folds import background_quantile, fold_of
from adbench.runs.measurement import Measurement
from adbench.runs.protocol import Experiment, SkippedRun
from adbench.testing.faults import Faulty
from adbench.testing.toys import ExponentialDensity, Met, NearestPrior, ToyDataset


class Spy(Detector):
    """Keeps what it is shown."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        self.train, self.validation, self.priors = train, validation, priors
        self.seen: list[Events] = []
        self.asked: list[frozenset[str]] = []

    def for_target(self, withheld: frozenset[str]) -> Detector:
        self.asked.append(withheld)
        return copy.copy(self)

    def score(self, events: Events) -> NDArray[Any]:
        self.seen.append(events)
        return events.feature("met")


def spec(supervision: Supervision = "unsupervised", scores: tuple[str, ...] = ("score",)) -> DetectorSpec:
    return DetectorSpec(name="toy", target="x:Y", supervision=supervision, scores=scores)


def run(detector: Detector, made_of: DetectorSpec, channel: str = "a", **options: Any) -> Measurement:
    return Experiment(ToyDataset(DatasetOptions(**options)), channel, made_of).run(lambda: detector)


def test_an_unsupervised_detector_sees_background_without_aux_and_no_prior() -> None:
    spy = Spy()
    result = run(spy, spec())
    assert spy.priors == {}
    assert not spy.train.aux
    assert all(not events.aux for events in spy.seen)
    assert list(result.samples) == [
        "validation", "background", "signal/bump_1", "signal/bump_2", "signal/shift", "unlabelled",
    ]  # fmt: skip
    assert {name: len(sample) for name, sample in result.samples.items()}["signal/shift"] == 500
    assert spy.asked == []


def test_priors_and_measured_signal_share_no_source() -> None:
    spy = Spy()
    result = run(spy, spec("semi-supervised"))
    signal = ToyDataset(DatasetOptions()).signal("a", "shift")
    half = prior_half(signal.aux["source"])
    assert 200 < half.sum() < 300
    np.testing.assert_array_equal(spy.priors["shift"].features, signal.features[half])
    np.testing.assert_array_equal(result.samples["signal/shift"].sources, signal.aux["source"][~half])


def test_a_detector_of_priors_knows_which_events_are_copies_and_no_more() -> None:
    spy = Spy()
    run(spy, spec("semi-supervised"))
    assert not spy.train.aux
    assert {name: list(prior.aux) for name, prior in spy.priors.items()} == {name: ["source"] for name in spy.priors}
    np.testing.assert_array_equal(spy.priors["shift"].aux["source"], np.arange(len(spy.priors["shift"])))
    assert all(not events.aux for events in spy.seen)


def test_a_class_of_supervision_that_nobody_knows_is_told_no_signal() -> None:
    spy = Spy()
    result = run(spy, spec("Supervised"))  # type: ignore[arg-type]
    assert spy.priors == {}
    assert len(result.samples["signal/shift"]) == 500


class WithProxy(ToyDataset):
    """A data set whose channel a has a prior of its own."""

    @property
    def info(self) -> DatasetInfo:
        return dataclasses.replace(super().info, proxies={"a": ("like",)})

    def priors(self, channel: str) -> Mapping[str, Events]:
        return {"like": self.signal(channel, "shift")}


def test_signals_are_measured_whole_where_the_prior_is_a_proxy() -> None:
    spy, whole = Spy(), len(ToyDataset(DatasetOptions()).signal("a", "shift"))
    result = Experiment(WithProxy(DatasetOptions()), "a", spec("semi-supervised")).run(lambda: spy)
    assert list(spy.priors) == ["like"]
    assert len(result.samples["signal/shift"]) == whole
    assert spy.asked == []
    with pytest.raises(SkippedRun, match="proxies"):
        Experiment(WithProxy(DatasetOptions()), "a", spec(), contamination=0.1).run(Spy)


def test_the_whole_family_of_a_target_is_withheld() -> None:
    spy = Spy()
    run(spy, spec("semi-supervised"))
    assert spy.asked == [frozenset({"bump_1", "bump_2"}), frozenset({"shift"})]


class Forgetful(Met):
    """Semi-supervised, and whoever wrote it has not heard of `for_target`."""


class InPlace(NearestPrior):
    """Rebuilds itself, and so never gets back what it was told to forget."""

    def for_target(self, withheld: frozenset[str]) -> Detector:
        self.means = {name: mean for name, mean in self.means.items() if name not in withheld}
        return self


class Viewless(NearestPrior):
    def for_target(self, withheld: frozenset[str]) -> Detector:
        return None  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Forgetful, "toy is semi-supervised, but Forgetful has no for_target; write for_target"),
        (InPlace, "toy: for_target returned the detector itself; write"),
        (Viewless, "toy: for_target returned None, which is no Detector; write"),
    ],
)
def test_a_semi_supervised_detector_that_does_not_withhold_is_refused(kind: type[Detector], words: str) -> None:
    with pytest.raises(DetectorError, match=words):
        run(kind(), spec("semi-supervised"))


class Whole(ToyDataset):
    """A data set that gives its signals whole to those who may know a half."""

    def priors(self, channel: str) -> Mapping[str, Events]:
        return {name: self.signal(channel, name) for name in self.info.signals[channel]}


class WholeWithoutSources(Whole):
    def signal(self, channel: str, name: str) -> Events:
        return super().signal(channel, name).stripped()


class HalvesWithoutSources(ToyDataset):
    def signal(self, channel: str, name: str) -> Events:
        return super().signal(channel, name).stripped()


class Undeclared(ToyDataset):
    def priors(self, channel: str) -> Mapping[str, Events]:
        return {"like": self.signal(channel, "shift")}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Whole, "prior shift in channel b of data set toys has 2[0-9]+ events of the half that is measured"),
        (WholeWithoutSources, "prior shift in channel b of data set toys has 2[0-9]+ events of the half that is"),
        (Undeclared, "prior like in channel b of data set toys is no signal of that channel; name samples of their"),
    ],
)
def test_priors_that_are_measured_too_are_refused(kind: type[Dataset], words: str) -> None:
    for contamination, supervision in ((0.0, "supervised"), (0.1, "unsupervised")):
        with pytest.raises(PluginError, match=words):
            Experiment(
                kind(DatasetOptions()), "b", spec(supervision), contamination=contamination  # type: ignore[arg-type]
            ).run(Spy)  # fmt: skip


def test_halves_of_signals_without_source_ids_may_be_learnt_from() -> None:
    result = Experiment(HalvesWithoutSources(DatasetOptions()), "b", spec("supervised")).run(Spy)
    assert 200 < len(result.samples["signal/shift"]) < 300


def test_a_semi_supervised_score_has_its_own_background_for_each_target() -> None:
    result = run(NearestPrior(), spec("semi-supervised"))
    shift, bump = (result.samples[f"target/{name}/background"].scores["score"] for name in ("shift", "bump_1"))
    assert not np.array_equal(shift, bump)
    np.testing.assert_array_equal(bump, result.samples["target/bump_2/background"].scores["score"])


def test_withheld_priors_have_no_influence_on_the_score_of_their_target() -> None:
    class Poisoned(ToyDataset):
        def priors(self, channel: str) -> Mapping[str, Events]:
            halves = dict(super().priors(channel))
            for name in ("bump_1", "bump_2"):
                halves[name] = dataclasses.replace(halves[name], features=halves[name].features + 1e4)
            return halves

    made = spec("semi-supervised")
    clean, poisoned = (
        Experiment(dataset(DatasetOptions()), "a", made).run(NearestPrior).samples for dataset in (ToyDataset, Poisoned)
    )
    for sample in ("signal/bump_1", "target/bump_1/background", "signal/bump_2"):
        np.testing.assert_array_equal(clean[sample].scores["score"], poisoned[sample].scores["score"])
    assert not np.array_equal(clean["signal/shift"].scores["score"], poisoned["signal/shift"].scores["score"])


def test_a_supervised_detector_keeps_the_prior_of_its_target() -> None:
    spy = Spy()
    result = run(spy, spec("supervised"))
    assert set(spy.priors) == {"bump_1", "bump_2", "shift"}
    assert spy.asked == []
    assert len(result.samples["signal/shift"]) == 500 - len(spy.priors["shift"])


def test_small_priors_are_left_out_with_the_reason() -> None:
    class Few(ToyDataset):
        def priors(self, channel: str) -> Mapping[str, Events]:
            halves = super().priors(channel)
            return {name: events[:199] if name == "shift" else events for name, events in halves.items()}

    spy = Spy()
    result = Experiment(Few(DatasetOptions()), "a", spec("semi-supervised")).run(lambda: spy)
    assert set(spy.priors) == {"bump_1", "bump_2"}
    assert result.notes == ["prior shift left out: 199 < 200 events"]
    with pytest.raises(SkippedRun, match="no prior has 200 events in channel b"):
        Experiment(Few(DatasetOptions()), "b", spec("semi-supervised")).run(lambda: spy)


def test_a_fitted_detector_goes_on_without_training() -> None:
    dataset, made = ToyDataset(DatasetOptions()), spec("semi-supervised")
    kept: list[Detector] = []
    whole = Experiment(dataset, "a", made).run(NearestPrior, kept.append)
    again = Experiment(dataset, "a", made).score(kept[0])
    assert "fit" not in again.timings
    assert list(again.samples) == list(whole.samples)
    for name, sample in whole.samples.items():
        np.testing.assert_array_equal(again.samples[name].scores["score"], sample.scores["score"])


def test_coordinates_and_several_scores_are_kept() -> None:
    result = run(Met(), spec(scores=("met", "noisy")))
    assert set(result.samples["background"].scores) == {"met", "noisy"}
    assert result.coordinates["signal/shift|plane"].shape == (500, 2)


def test_a_density_gives_its_log_prob_of_the_background() -> None:
    background = run(ExponentialDensity(), spec()).samples["background"]
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
        run(Faulty(Faulty.Params(how)), spec())


def test_large_samples_are_scored_in_blocks_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    toys, both = ToyDataset(DatasetOptions()), spec(scores=("met", "noisy"))
    whole = Experiment(toys, "a", both).run(Met)
    density = Experiment(toys, "a", spec()).run(ExponentialDensity)
    monkeypatch.setattr("adbench.runs.measurement.BLOCK", 7)
    blocks = Experiment(toys, "a", both).run(Met)
    assert blocks.samples.keys() == whole.samples.keys()
    for name, sample in whole.samples.items():
        for score, values in sample.scores.items():
            np.testing.assert_array_equal(blocks.samples[name].scores[score], values)
        np.testing.assert_array_equal(blocks.samples[name].rows, sample.rows)
        np.testing.assert_array_equal(blocks.coordinates[f"{name}|plane"], whole.coordinates[f"{name}|plane"])
    again = Experiment(toys, "a", spec()).run(ExponentialDensity)
    np.testing.assert_array_equal(again.samples["background"].log_prob, density.samples["background"].log_prob)
    detector = Spy()
    Experiment(toys, "a", spec()).run(lambda: detector)
    assert {len(events) for events in detector.seen} == {7, 200 % 7, 400 % 7, 500 % 7, 50 % 7} - {0}


def test_a_limit_takes_the_first_events_of_each_sample() -> None:
    dataset = ToyDataset(DatasetOptions())
    whole = Experiment(dataset, "a", spec()).run(Spy)
    spy = Spy()
    part = Experiment(dataset, "a", spec(), max_events=30).run(lambda: spy)
    assert len(spy.train) == len(spy.validation) == 30
    for name, sample in part.samples.items():
        assert len(sample) == 30
        np.testing.assert_array_equal(sample.rows, whole.samples[name].rows[:30])


class OtherScale(Met):
    """A detector whose scale depends on a count, as that of separately trained networks does."""

    made = 0

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        super().fit(train, validation, priors)
        type(self).made += 1
        self.mean *= 10.0 ** type(self).made


def test_folds_score_all_background_and_all_signal_once_on_a_common_scale() -> None:
    dataset = ToyDataset(DatasetOptions(split="k-folds", folds=4))
    result = Experiment(dataset, "a", spec(scores=("met", "noisy"))).run(OtherScale)
    background, signal = result.samples["background"], result.samples["signal/shift"]
    assert sorted(background.rows) == list(range(400))
    assert sorted(signal.rows) == list(range(500))
    assert "validation" not in result.samples
    np.testing.assert_array_equal(np.bincount(background.folds), [100] * 4)  # type: ignore[arg-type]
    np.testing.assert_array_equal(signal.folds, np.sort(fold_of(signal.sources, 4)))
    assert background.scores["met"].min() > 0.0
    assert background.scores["met"].max() < 1.0
    assert background.scores["met"].mean() == pytest.approx(0.5)
    for fold in range(4):
        np.testing.assert_allclose(
            np.sort(background.scores["met"][background.folds == fold]), (np.arange(100) + 0.5) / 100
        )


def test_folds_score_unlabelled_events_once_and_keep_log_densities() -> None:
    dataset = ToyDataset(DatasetOptions(split="k-folds", folds=4))
    result = Experiment(dataset, "a", spec()).run(ExponentialDensity)
    assert sorted(result.samples["unlabelled"].rows) == list(range(50))
    log_prob = result.samples["background"].log_prob
    assert log_prob is not None
    assert log_prob.shape == (400,)
    assert log_prob.max() < -3.0  # log(1/60 GeV) = -4.1 at most, give or take the fitted mean
    noted = Experiment(dataset, "a", spec(scores=("met", "noisy"))).run(Met).notes
    assert noted == ["coordinates are not kept with folds: the models share no axes"]


def test_quantiles_keep_the_order_and_count_ties_half() -> None:
    background = np.array([3.0, 1.0, 1.0, 2.0])
    quantiles = background_quantile(np.array([0.0, 1.0, 1.5, 3.0, 4.0]), background, np.array([1.0, 1.0, 1.0, 1.0]))
    np.testing.assert_allclose(quantiles, [0.0, 0.25, 0.5, 0.875, 1.0])
    weighted = background_quantile(np.array([2.5]), background, np.array([6.0, 1.0, 1.0, 2.0]))
    np.testing.assert_allclose(weighted, [0.4])


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
            r"WritesWhileFitting: fit wrote to read-only events \(test_protocol.py:\d+\): .*read-only",
        ),
        (WritesToPriors, r"fit wrote to read-only events .*; copy before you write: x = events.objects.copy\(\)"),
        (WritesWhileScoring, r"score wrote to read-only events \(test_protocol.py:\d+\)"),
    ],
)
def test_a_detector_that_writes_to_its_events_is_told_where(kind: type[Detector], words: str) -> None:
    with pytest.raises(DetectorError, match=words):
        run(kind(), spec("supervised"))


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
        run(Placed(points), spec())


class Notes(Spy):
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        super().fit(train, validation, priors)
        self.context.note("noted in fit")

    def score(self, events: Events) -> NDArray[Any]:
        self.context.note("noted in score")
        return super().score(events)


def test_notes_of_fitting_and_of_scoring_are_kept_once() -> None:
    assert run(Notes(), spec()).notes == ["noted in fit", "noted in score"]


def test_the_harness_does_not_write_to_events() -> None:
    class Frozen(ToyDataset):
        def signal(self, channel: str, name: str) -> Events:
            events = super().signal(channel, name)
            for array in (events.objects, events.kinds, events.features, events.weights):
                array.flags.writeable = False
            return events

    dataset: Dataset = Frozen(DatasetOptions())
    assert Experiment(dataset, "b", spec()).run(Spy).samples["signal/shift"].weights.sum() == 500
