"""A data set that says something wrong of itself is found by the check that is made for it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from adbench.api import DatasetInfo, Events
from adbench.testing.toys import ToyDataset, toy_events
from tests.testing.dataset_conformance.checking import Good, failed, must_find, spec_of


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


class KnowsAllSignals(Good):
    def signal(self, channel: str, name: str) -> Events:
        return toy_events(500, 200.0, seed=len(name) + 100)


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


@pytest.mark.parametrize(
    ("kind", "check", "words"),
    [
        ("NoSuchClass", "opens", "NoSuchClass"),
        (spec_of, "opens", "spec_of is no subclass of adbench.api.Dataset"),
        (Other, "opens", "info.name is 'others', its spec's 'toys'"),
        (BadNames, "description", "channel name 'a/b' cannot be part of a path"),
        (LoneText, "description", r"signals of channel a are 'shift', no tuple of texts"),
        (NoChannels, "description", r"channels are \(\)"),
        (InfoIsAMethod, "opens", "info is method"),
        (StrangeChannel, "description", "proxies of z, which is no channel"),
        (NewFingerprints, "fingerprints", "fingerprint of channel a is 0 at first, 1 when opened again"),
        (KnowsAllSignals, "unknown_names", r"signal\('a', 'no_such_signal'\) returned events"),
    ],
)
def test_each_way_to_break_the_contract_is_found_by_its_check(kind: Any, check: str, words: str) -> None:
    must_find(kind, check, words)


def test_an_edition_that_the_spec_does_not_list_is_found() -> None:
    assert "info.edition is 'tiny', none of large" in failed(Good, editions=("large",))["opens"]
