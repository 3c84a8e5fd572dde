"""Who may learn from signals, from which half, and who must forget them again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest

from adbench.api import (
    Dataset,
    DatasetInfo,
    DatasetOptions,
    Detector,
    DetectorError,
    Events,
    PluginError,
    prior_half,
)
from adbench.runs.protocol import Experiment, SkippedRun
from adbench.testing.spy import Spy, run_on_toys, toy_spec
from adbench.testing.toys import Met, NearestPrior, ToyDataset


def test_priors_and_measured_signal_share_no_source() -> None:
    spy = Spy()
    result = run_on_toys(spy, toy_spec("semi-supervised"))
    signal = ToyDataset(DatasetOptions()).signal("a", "shift")
    half = prior_half(signal.aux["source"])
    assert 200 < half.sum() < 300
    np.testing.assert_array_equal(spy.priors["shift"].features, signal.features[half])
    np.testing.assert_array_equal(result.samples["signal/shift"].sources, signal.aux["source"][~half])


def test_a_detector_of_priors_knows_which_events_are_copies_and_no_more() -> None:
    spy = Spy()
    run_on_toys(spy, toy_spec("semi-supervised"))
    assert not spy.train.aux
    assert {name: list(prior.aux) for name, prior in spy.priors.items()} == {name: ["source"] for name in spy.priors}
    np.testing.assert_array_equal(spy.priors["shift"].aux["source"], np.arange(len(spy.priors["shift"])))
    assert all(not events.aux for events in spy.seen)


def test_a_class_of_supervision_that_nobody_knows_is_told_no_signal() -> None:
    spy = Spy()
    result = run_on_toys(spy, toy_spec("Supervised"))  # type: ignore[arg-type]
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
    result = Experiment(WithProxy(DatasetOptions()), "a", toy_spec("semi-supervised")).run(lambda: spy)
    assert list(spy.priors) == ["like"]
    assert len(result.samples["signal/shift"]) == whole
    assert spy.asked == []
    with pytest.raises(SkippedRun, match="proxies"):
        Experiment(WithProxy(DatasetOptions()), "a", toy_spec(), contamination=0.1).run(Spy)


def test_the_whole_family_of_a_target_is_withheld() -> None:
    spy = Spy()
    run_on_toys(spy, toy_spec("semi-supervised"))
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
        run_on_toys(kind(), toy_spec("semi-supervised"))


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
                kind(DatasetOptions()), "b", toy_spec(supervision), contamination=contamination  # type: ignore[arg-type]
            ).run(Spy)  # fmt: skip


def test_halves_of_signals_without_source_ids_may_be_learnt_from() -> None:
    result = Experiment(HalvesWithoutSources(DatasetOptions()), "b", toy_spec("supervised")).run(Spy)
    assert 200 < len(result.samples["signal/shift"]) < 300


def test_a_semi_supervised_score_has_its_own_background_for_each_target() -> None:
    result = run_on_toys(NearestPrior(), toy_spec("semi-supervised"))
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

    made = toy_spec("semi-supervised")
    clean, poisoned = (
        Experiment(dataset(DatasetOptions()), "a", made).run(NearestPrior).samples for dataset in (ToyDataset, Poisoned)
    )
    for sample in ("signal/bump_1", "target/bump_1/background", "signal/bump_2"):
        np.testing.assert_array_equal(clean[sample].scores["score"], poisoned[sample].scores["score"])
    assert not np.array_equal(clean["signal/shift"].scores["score"], poisoned["signal/shift"].scores["score"])


def test_a_supervised_detector_keeps_the_prior_of_its_target() -> None:
    spy = Spy()
    result = run_on_toys(spy, toy_spec("supervised"))
    assert set(spy.priors) == {"bump_1", "bump_2", "shift"}
    assert spy.asked == []
    assert len(result.samples["signal/shift"]) == 500 - len(spy.priors["shift"])


def test_small_priors_are_left_out_with_the_reason() -> None:
    class Few(ToyDataset):
        def priors(self, channel: str) -> Mapping[str, Events]:
            halves = super().priors(channel)
            return {name: events[:199] if name == "shift" else events for name, events in halves.items()}

    spy = Spy()
    result = Experiment(Few(DatasetOptions()), "a", toy_spec("semi-supervised")).run(lambda: spy)
    assert set(spy.priors) == {"bump_1", "bump_2"}
    assert result.notes == ["prior shift left out: 199 < 200 events"]
    with pytest.raises(SkippedRun, match="no prior has 200 events in channel b"):
        Experiment(Few(DatasetOptions()), "b", toy_spec("semi-supervised")).run(lambda: spy)
