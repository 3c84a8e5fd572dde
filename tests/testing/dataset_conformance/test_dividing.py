"""Events that are in two parts, or in no part, are found by the check that is made for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from adbench.api import DataError, Dataset, DatasetInfo, DatasetOptions, Events, EventSchema, UnknownNameError
from adbench.testing.dataset_conformance import check_dataset
from adbench.testing.toys import SCHEMA, ToyDataset
from tests.testing.dataset_conformance.checking import Good, failed, must_find, spec_of


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


class NamelessSplit(Good):
    @property
    def info(self) -> DatasetInfo:
        return replace(super().info, split="mine")


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


class Picky(Good):
    """Refuses folds of these events, as one may."""

    def prepare(self, channel: str) -> None:
        if self.options.split == "k-folds":
            msg = "too few events for folds"
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


@pytest.mark.parametrize(
    ("kind", "check", "words"),
    [
        (ProxyIsMeasured, "signals_apart", "500 of 500 events of proxy like in channel b are in signal shift too"),
        (ValidationIsSignal, "signals_apart", "of signal shift in channel a are in validation too"),
        (UnknownSplit, "splits", "its spec names the split 'k-folds': no split 'k-folds'"),
        (FoldIsNone, "splits", r"fold\(0\) is NoneType"),
        (RowsTwice, "places", r"200 events of background in channel a share their aux\['row'\]"),
        (SharedSources, "apart", "channel a: train and validation share 200 sources"),
        (SharedEvents, "apart", "channel a: 100 of 100 events of validation are in train too"),
        (SignalIsBackground, "signals_apart", "50 of 550 events of signal bump_1 in channel a are in background too"),
        (WholePriors, "priors", r"prior bump_1 in channel a of data set toys has \d+ events of the half that is"),
        (UndeclaredProxies, "priors", r"proxies of channel a are like; priors\(\) gives bump_1, bump_2, shift"),
        (
            LeakyFolds,
            "splits",
            "channel a, split k-folds: the folds test 2000 events, of 400 that there are; 1600 sources are in",
        ),
        (NamelessSplit, "splits", "with --split own, info.split is 'mine'"),
    ],
)
def test_each_way_to_break_the_contract_is_found_by_its_check(kind: Any, check: str, words: str) -> None:
    must_find(kind, check, words)


def test_a_split_that_these_events_are_too_few_for_is_passed_over() -> None:
    last = list(check_dataset(spec_of(Picky)))[-1]
    assert (last.check, last.status, last.reason) == ("splits", "pass", "own; refused for these events: k-folds")


def test_events_that_are_the_same_by_chance_and_folds_without_sources_are_no_fault() -> None:
    assert failed(Bare) == {}


def test_folds_can_be_checked_by_themselves() -> None:
    outcomes = list(check_dataset(spec_of(Good), DatasetOptions(split="k-folds", folds=4)))
    assert {outcome.status for outcome in outcomes} == {"pass"}
    bad = {one.check: one.reason for one in check_dataset(spec_of(LearnsFromTests), DatasetOptions(split="k-folds"))}
    assert re.search("train and background share 80 sources", bad["apart"]), bad["apart"]
