"""Events that a detector, a metric or a figure would stumble over are found by the check that is made for them."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from adbench.api import DatasetInfo, Events, Quantity
from adbench.testing.toys import SCHEMA
from tests.testing.dataset_conformance.checking import Good, must_find


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


class DrawsOnce(Good):
    """Draws from a global generator when it is read first, as a conversion that is kept afterwards does."""

    read = False

    def train(self, channel: str) -> Events:
        if not type(self).read:
            np.random.random()  # noqa: NPY002
            type(self).read = True
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


class NoProcess(Good):
    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return replace(events, aux={**events.aux, "process": np.full(len(events), 7)})


class NothingCounts(Good):
    def background(self, channel: str) -> Events:
        events = super().background(channel)
        return replace(events, weights=0 * events.weights)


def twins(events: Events) -> Events:
    return replace(events, schema=replace(SCHEMA, features=(Quantity("met", "GeV"), Quantity("met", "GeV"))))


def with_met(read: Any) -> Any:
    def reading(*arguments: str) -> Events | None:
        events = read(*arguments)
        return events and replace(events, aux={**events.aux, "met": events.feature("met").astype(np.float64)})

    return reading


@pytest.mark.parametrize(
    ("kind", "check", "words"),
    [
        (
            NoProcess,
            "numbers",
            r"aux\['process'\] of background in channel a is int64 from 7 to 7; the schema names 2",
        ),
        (NothingCounts, "reads", "background of channel a: the data set gave weights that are all 0"),
        (Raises, "reads", r"train of channel a raised IndexError: .* \(test_content.py:\d+\)"),
        (NoEvents, "reads", "signal bump_1 of channel a has no events"),
        (NegativeWeights, "reads", "background of channel a: the data set gave weights that are negative"),
        (OtherSchema, "schema", "signal bump_1 of channel a has another schema than train"),
        (TwoOfOneName, "schema", "features of channel a share a name: met, met"),
        (Degrees, "numbers", r"met_phi of background in channel a runs from -1[78]\d.* rad, more than a turn"),
        (NotANumber, "numbers", "pt of background in channel a is NaN or infinite 1 times"),
        (FilledSlots, "padding", r"signal bump_1 in channel a: event \d+, slot \d is empty \(kind 0\), but has"),
        (Shuffles, "repeats", "background of channel a has other events when it is opened and read again"),
        (OtherAux, "repeats", r"train of channel a has other aux\['mass'\] when"),
        (GlobalRandom, "random_state", "reading channel a used the global random generator random"),
        (DrawsOnce, "random_state", "reading channel a used the global random generator numpy.random"),
        (NoMass, "masses", "mass 'mass' of background in channel a is not in aux"),
        (VisibleMass, "masses", "mass 'met' of train in channel a is a feature too"),
    ],
)
def test_each_way_to_break_the_contract_is_found_by_its_check(kind: Any, check: str, words: str) -> None:
    must_find(kind, check, words)
