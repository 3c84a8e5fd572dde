"""What can be imported: one small file of facts per publication, in the folder ``sources`` beside this module.

A file says where the figures are (repository, commit, SHA-256 of every file), on which data set and how many events
they were measured, and whom to cite.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from adbench.api.errors import UnknownNameError

__all__ = ["Source", "source", "sources"]

_NEEDED = 10.0  # background events expected above threshold, as for our own results


@dataclass(frozen=True, slots=True)
class Source:
    """A publication whose figures can be imported.

    Attributes:
        name: under which it is imported, such as ``darkmachines-2021``.
        title: what it is.
        citation: authors, year, arXiv number.
        doi: DOIs of paper and software.
        licence: of the files.
        dataset: name of the data set that the figures belong to.
        events: which events of it, and with which cuts.
        split: how background was divided.
        repository: owner and name on GitHub.
        commit: the commit that the files are taken from.
        folder: folder of the files in the repository.
        files: SHA-256 of each file.
        background_events: number of background events of each channel, training included.
        test_share: share of the background that is taken to be test background where nobody says: the usual tenth.
        signal_events: number of events of each signal, by channel.
    """

    name: str
    title: str
    citation: str
    doi: tuple[str, ...]
    licence: str
    dataset: str
    events: str
    split: str
    repository: str
    commit: str
    folder: str
    files: Mapping[str, str]
    background_events: Mapping[str, int]
    test_share: float
    signal_events: Mapping[str, Mapping[str, int]]

    def expected_background(self, channel: str, efficiency: float) -> float:
        """Return how many test background events of a channel are expected above the threshold."""
        return efficiency * self.test_share * self.background_events[channel]

    def is_measured(self, channel: str, efficiency: float) -> bool:
        """Tell whether at least 10 background events are expected above the threshold."""
        return self.expected_background(channel, efficiency) >= _NEEDED


def sources() -> dict[str, Source]:
    """Return all publications that can be imported, by name."""
    folder = resources.files("adbench.published").joinpath("sources")
    found = [_read(json.loads(path.read_text("utf-8"))) for path in folder.iterdir() if path.name.endswith(".json")]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def source(name: str) -> Source:
    """Return a publication by name; raise UnknownNameError with the nearest ones."""
    known = sources()
    if name not in known:
        raise UnknownNameError("set of published results", name, known)
    return known[name]


def _read(values: Mapping[str, Any]) -> Source:
    return Source(**{**values, "doi": tuple(values["doi"])})
