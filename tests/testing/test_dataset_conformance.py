"""A data set that keeps its contract passes; each way to break it is found by the check that is made for it."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from adbench.api import (
    DataError,
    Dataset,
    DatasetInfo,
    DatasetOptions,
    DatasetSpec,
    Events,
    EventSchema,
    Quantity,
    UnknownNameError,
    UsageError,
)
from adbench.cli import cli
from adbench.testing import dataset_checks
from adbench.testing.dataset_conformance import CHECKS, check_dataset
from adbench.testing.toys import SCHEMA, ToyDataset, toy_events

HERE = "tests.testing.test_dataset_conformance"


class Good(ToyDataset):
    """The toys, as they are."""


class Other(Good):
    """Says what it is by a name that nobody can ask for."""

    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, name="others")


class BadNames(Good):
    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, channels=("a/b",), signals={"a/b": ()})


class StrangeChannel(Good):
    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, proxies={"z": ("like",)})


class NewFingerprints(Good):
    count = itertools.count()

    def fingerprint(self, channel: str) -> str:
        return f"{next(self.count)}"


class Raises(Good):
    def train(self, channel: str) -> Events:
        return [0, 1][len(channel) + 1]  # type: ignore[return-value]


class NoEvents(Good):
    def signal(self, channel: str, name: str) -> Events:
        return super().signal(channel, name)[:0]


class NegativeWeights(Good):
    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return replace(events, weights=-events.weights)


class OtherSchema(Good):
    def signal(self, channel: str, name: str) -> Events:
        return replace(super().signal(channel, name), schema=replace(SCHEMA, objects="thing"))


class TwoOfOneName(Good):
    """A schema with two quantities of one name."""

    def train(self, channel: str) -> Events:
        return twins(super().train(channel))

    def validation(self, channel: str) -> Events:
        return twins(super().validation(channel))

    def background(self, channel: str) -> Events:
        return twins(super().background(channel))

    def signal(self, channel: str, name: str) -> Events:
        return twins(super().signal(channel, name))

    def unlabelled(self, channel: str) -> Events | None:
        return None


class Degrees(Good):
    """Azimuths in degrees."""

    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return replace(events, features=events.features * np.array([1, 180 / np.pi], np.float32))


class NotANumber(Good):
    def background(self, channel: str) -> Events:
        events = super().background(channel)
        objects = events.objects.copy()
        objects[3, 0, 1] = np.nan
        return replace(events, objects=objects)


class FilledSlots(Good):
    def signal(self, channel: str, name: str) -> Events:
        events = super().signal(channel, name)
        return replace(events, objects=np.where(events.present[:, :, None], events.objects, np.float32(-999.0)))


class Shuffles(Good):
    count = itertools.count()

    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return events[np.random.default_rng(next(self.count)).permutation(len(events))]


class OtherAux(Good):
    count = itertools.count()

    def train(self, channel: str) -> Events:
        events = super().train(channel)
        return replace(events, aux={**events.aux, "mass": events.aux["mass"] + next(self.count)})


class GlobalRandom(Good):
    def train(self, channel: str) -> Events:
        random.seed(1)
        return super().train(channel)


class NoMass(Good):
    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return replace(events, aux={name: array for name, array in events.aux.items() if name != "mass"})


class VisibleMass(Good):
    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, masses=("met",))

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return with_met(found) if name in ("train", "validation", "background", "signal", "unlabelled") else found


class KnowsAllSignals(Good):
    def signal(self, channel: str, name: str) -> Events:
        return toy_events(500, 200.0, seed=len(name) + 100)


class RowsTwice(Good):
    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return replace(events, aux={**events.aux, "row": events.aux["row"] // 2})


class SharedSources(Good):
    def validation(self, channel: str) -> Events:
        events = super().validation(channel)
        return replace(events, aux={**events.aux, "source": np.arange(len(events))})


class SharedEvents(Good):
    def validation(self, channel: str) -> Events:
        return replace(self.train(channel)[:100], aux={})


class SignalIsBackground(Good):
    def signal(self, channel: str, name: str) -> Events:
        events = super().signal(channel, name)
        return Events.concatenate([events, self.background(channel)[:50]])


class WholePriors(Good):
    def priors(self, channel: str) -> Mapping[str, Events]:
        return {name: self.signal(channel, name) for name in self.info.signals[channel]}


class UndeclaredProxies(Good):
    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, proxies={"a": ("like",)})


class LeakyFolds(Good):
    """Every fold tests the same events."""

    def fold(self, index: int) -> Dataset:
        return self


class LearnsFromTests(Good):
    """In folds, what is tested is learnt from too."""

    def fold(self, index: int) -> Dataset:
        return self if self.info.folds == 1 else FoldThatLearns(self.options, index)


class FoldThatLearns(Good):
    def __init__(self, options: DatasetOptions, index: int) -> None:
        super().__init__(options)
        self._index = index

    def background(self, channel: str) -> Events:
        return super().background(channel)[self._index :: self.info.folds]

    def train(self, channel: str) -> Events:
        return ToyDataset(self.options).background(channel)


class NamelessSplit(Good):
    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, split="mine")


class Picky(Good):
    """Refuses folds of these events, as one may."""

    def prepare(self, channel: str) -> None:
        if self.options.split == "k-folds":
            msg = "too few events for folds"
            raise DataError(msg)


class LoneText(Good):
    """A comma is missing, so each letter would be a signal."""

    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, signals={"a": ("shift"), "b": ()})  # type: ignore[dict-item]


class NoChannels(Good):
    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, channels=(), signals={})


class InfoIsAMethod(Good):
    def info(self) -> DatasetInfo:  # type: ignore[override]
        return ToyDataset(self.options).info


class NoProcess(Good):
    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return replace(events, aux={**events.aux, "process": np.full(len(events), 7)})


class NothingCounts(Good):
    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return replace(events, weights=0 * events.weights)


class ProxyIsMeasured(Good):
    """The proxy is the signal itself, which is then learnt from and measured whole."""

    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, proxies={"b": ("like",)})

    def priors(self, channel: str) -> Mapping[str, Events]:
        return {"like": self.signal("b", "shift")} if channel == "b" else super().priors(channel)


class ValidationIsSignal(Good):
    def validation(self, channel: str) -> Events:
        return self.signal(channel, "shift")


class UnknownSplit(Good):
    """Its spec offers a split that it does not know."""

    def __init__(self, options: DatasetOptions) -> None:
        if options.split == "k-folds":
            raise UnknownNameError("split", "k-folds", ("own",))
        super().__init__(options)


class FoldIsNone(Good):
    def fold(self, index: int) -> Dataset:
        return None if self.info.folds > 1 else self  # type: ignore[return-value]


class Prepares(Good):
    """Counts how often it is asked to prepare, which it cannot."""

    asked = 0

    def prepare(self, channel: str) -> None:
        type(self).asked += 1
        msg = "events.csv:7: expected 5 fields, found 3"
        raise DataError(msg)


class Bare(Good):
    """Objects alone, without aux: events without objects are all the same, and folds count from 0 each."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return few_objects(found) if name in ("train", "validation", "background", "signal") else found

    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, masses=())

    def unlabelled(self, channel: str) -> Events | None:
        return None

    def fold(self, index: int) -> Dataset:
        return self if self.info.folds == 1 else BareFold(self.options, index)


class BareFold(Bare):
    def __init__(self, options: DatasetOptions, index: int) -> None:
        super().__init__(options)
        self._index = index

    def background(self, channel: str) -> Events:
        return ToyDataset(self.options).background(channel)[self._index :: self.options.folds]


def few_objects(read: Any) -> Any:
    def reading(*arguments: str) -> Events:
        events = read(*arguments)
        gone = events.feature("met") > 60.0
        kinds = np.where(gone[:, None], 0, events.kinds).astype(np.int8)
        objects = events.objects * (kinds > 0)[:, :, None]
        schema = EventSchema(SCHEMA.object_features, SCHEMA.kinds)
        return Events.build(schema, objects, kinds)

    return reading


def twins(events: Events) -> Events:
    return replace(events, schema=replace(SCHEMA, features=(Quantity("met", "GeV"), Quantity("met", "GeV"))))


def with_met(read: Any) -> Any:
    def reading(*arguments: str) -> Events | None:
        events = read(*arguments)
        return events and replace(events, aux={**events.aux, "met": events.feature("met").astype(np.float64)})

    return reading


def spec_of(kind: str, **changes: Any) -> DatasetSpec:
    return DatasetSpec(
        **{"name": "toys", "target": f"{HERE}:{kind}", "editions": ("tiny",), "splits": ("own", "k-folds"), **changes}
    )


def failed(kind: str, **changes: Any) -> dict[str, str]:
    return {one.check: one.reason for one in check_dataset(spec_of(kind, **changes)) if one.status == "fail"}


def test_a_good_data_set_passes_every_check() -> None:
    outcomes = list(check_dataset(spec_of("Good")))
    assert [outcome.check for outcome in outcomes] == [check.__name__ for check in CHECKS]
    assert {outcome.status for outcome in outcomes} == {"pass"}
    assert outcomes[-1].reason == "own, k-folds"


@pytest.mark.parametrize(
    ("kind", "check", "words"),
    [
        ("NoSuchClass", "opens", "NoSuchClass"),
        ("toy_events", "opens", "toy_events is no subclass of adbench.api.Dataset"),
        ("Other", "opens", "info.name is 'others', its spec's 'toys'"),
        ("BadNames", "description", "channel name 'a/b' cannot be part of a path"),
        ("LoneText", "description", r"signals of channel a are 'shift', no tuple of texts"),
        ("NoChannels", "description", r"channels are \(\)"),
        ("InfoIsAMethod", "opens", "info is method"),
        (
            "NoProcess",
            "numbers",
            r"aux\['process'\] of background in channel a is int64 from 7 to 7; the schema names 2",
        ),
        ("NothingCounts", "reads", "background of channel a: the data set gave weights that are all 0"),
        ("ProxyIsMeasured", "signals_apart", "500 of 500 events of proxy like in channel b are in signal shift too"),
        ("ValidationIsSignal", "signals_apart", "of signal shift in channel a are in validation too"),
        ("UnknownSplit", "splits", "its spec names the split 'k-folds': no split 'k-folds'"),
        ("FoldIsNone", "splits", r"fold\(0\) is NoneType"),
        ("StrangeChannel", "description", "proxies of z, which is no channel"),
        ("NewFingerprints", "fingerprints", "fingerprint of channel a is 0 at first, 1 when opened again"),
        ("Raises", "reads", r"train of channel a raised IndexError: .* \(test_dataset_conformance.py:\d+\)"),
        ("NoEvents", "reads", "signal bump_1 of channel a has no events"),
        ("NegativeWeights", "reads", "background of channel a: the data set gave weights that are negative"),
        ("OtherSchema", "schema", "signal bump_1 of channel a has another schema than train"),
        ("TwoOfOneName", "schema", "features of channel a share a name: met, met"),
        ("Degrees", "numbers", r"met_phi of background in channel a runs from -1[78]\d.* rad, more than a turn"),
        ("NotANumber", "numbers", "pt of background in channel a is NaN or infinite 1 times"),
        ("FilledSlots", "padding", r"signal bump_1 in channel a: event \d+, slot \d is empty \(kind 0\), but has"),
        ("Shuffles", "repeats", "background of channel a has other events when it is opened and read again"),
        ("OtherAux", "repeats", r"train of channel a has other aux\['mass'\] when"),
        ("GlobalRandom", "random_state", "reading channel a used the global random generator random"),
        ("NoMass", "masses", "mass 'mass' of background in channel a is not in aux"),
        ("VisibleMass", "masses", "mass 'met' of train in channel a is a feature too"),
        ("KnowsAllSignals", "unknown_names", r"signal\('a', 'no_such_signal'\) returned events"),
        ("RowsTwice", "places", r"200 events of background in channel a share their aux\['row'\]"),
        ("SharedSources", "apart", "channel a: train and validation share 200 sources"),
        ("SharedEvents", "apart", "channel a: 100 of 100 events of validation are in train too"),
        ("SignalIsBackground", "signals_apart", "50 of 550 events of signal bump_1 in channel a are in background too"),
        ("WholePriors", "priors", r"prior bump_1 in channel a of data set toys has \d+ events of the half that is"),
        ("UndeclaredProxies", "priors", r"proxies of channel a are like; priors\(\) gives bump_1, bump_2, shift"),
        (
            "LeakyFolds",
            "splits",
            "channel a, split k-folds: the folds test 2000 events, of 400 that there are; 1600 sources are in",
        ),
        ("NamelessSplit", "splits", "with --split own, info.split is 'mine'"),
    ],
)
def test_each_way_to_break_the_contract_is_found_by_its_check(kind: str, check: str, words: str) -> None:
    found = failed(kind)
    assert check in found, found
    assert re.search(words, found[check]), found[check]
    assert len(found) <= 3, found


def test_what_cannot_be_opened_or_read_is_told_once() -> None:
    for kind, check in (("NoSuchClass", "opens"), ("Raises", "reads")):
        assert [name for name in failed(kind) if name != "splits"] == [check]


def test_an_edition_that_the_spec_does_not_list_is_found() -> None:
    assert "info.edition is 'tiny', none of large" in failed("Good", editions=("large",))["opens"]


def test_a_split_that_these_events_are_too_few_for_is_passed_over() -> None:
    last = list(check_dataset(spec_of("Picky")))[-1]
    assert (last.check, last.status, last.reason) == ("splits", "pass", "own; refused for these events: k-folds")


def test_events_that_are_the_same_by_chance_and_folds_without_sources_are_no_fault() -> None:
    assert failed("Bare") == {}


def test_what_the_user_asked_for_and_is_not_there_is_no_fault_of_the_data_set() -> None:
    with pytest.raises(UnknownNameError, match="no edition of toys 'large'"):
        list(check_dataset(spec_of("Good"), DatasetOptions(edition="large")))
    with pytest.raises(UsageError, match="reads no --raw"):
        list(check_dataset(spec_of("Good"), DatasetOptions(raw=True)))


def test_what_cannot_be_prepared_is_tried_once() -> None:
    Prepares.asked = 0
    assert list(failed("Prepares", splits=())) == ["reads"]
    assert Prepares.asked == 1


def test_folds_can_be_checked_by_themselves() -> None:
    outcomes = list(check_dataset(spec_of("Good"), DatasetOptions(split="k-folds", folds=4)))
    assert {outcome.status for outcome in outcomes} == {"pass"}
    bad = {one.check: one.reason for one in check_dataset(spec_of("LearnsFromTests"), DatasetOptions(split="k-folds"))}
    assert re.search("train and background share 80 sources", bad["apart"]), bad["apart"]


def test_channels_can_be_chosen() -> None:
    outcomes = {one.check: one for one in check_dataset(spec_of("Good"), DatasetOptions(), ["b"])}
    assert outcomes["reads"].reason == "1,700 events"
    assert outcomes["random_state"].reason == "channel b"


def test_a_failing_check_fails_a_test_with_reason_and_fix() -> None:
    checks = {str(check): check for check in dataset_checks(spec_of("SharedSources"))}
    checks["numbers"]()
    with pytest.raises(AssertionError, match=r"apart: .* share 200 sources. Fix: divide by source"):
        checks["apart"]()


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize("check", dataset_checks("toys"), ids=str)
def test_the_toys_keep_the_contract(check: Any) -> None:
    check()


@pytest.mark.usefixtures("toys")
def test_the_command_tells_outcomes_and_ends_with_1_when_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(cli, ["datasets", "check", "toys", "--channel", "a"])
    assert done.exit_code == 0, done.output
    assert "toys: 16 passed, 0 failed, 0 skipped" in done.output
    monkeypatch.setattr(ToyDataset, "validation", SharedEvents.validation)
    done = CliRunner().invoke(cli, ["datasets", "check", "toys", "--json"])
    assert done.exit_code == 1
    (report,) = json.loads(done.stdout)
    assert report["dataset"] == "toys"
    assert "apart" in {check["check"] for check in report["checks"] if check["status"] == "fail"}
