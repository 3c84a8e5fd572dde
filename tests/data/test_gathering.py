from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from adbench.api import DataError, Events
from adbench.data.arrays import load_events, write_events
from adbench.data.gathering import gathered
from adbench.testing.toys import SCHEMA, toy_events


@pytest.fixture
def events(tmp_path: Path) -> Events:
    (tmp_path / "source").mkdir()
    write_events(tmp_path / "source", [toy_events(5000, 60.0, seed=1)], 5)
    return load_events(tmp_path / "source", SCHEMA)


def same(one: Events, other: Events) -> bool:
    names = ("objects", "kinds", "features", "categories", "weights")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    pairs += [(one.aux[name], other.aux[name]) for name in other.aux]
    return one.aux.keys() == other.aux.keys() and all(
        a.dtype == b.dtype and a.shape == b.shape and (a == b).all() for a, b in pairs
    )


@pytest.mark.parametrize("in_memory", [0, 1 << 30])
def test_chosen_events_are_those_of_indexing(
    events: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr("adbench.data.gathering.IN_MEMORY", in_memory)
    monkeypatch.setattr("adbench.data.gathering.ROWS_AT_ONCE", 7)
    every_third, shuffled = np.arange(0, 5000, 3), np.random.default_rng(0).permutation(5000)[:100]
    for rows in (every_third, shuffled, np.arange(5), np.array([4, 3, 2]), np.array([1, 3, 3]), np.array([], int)):
        assert same(gathered(events, rows, tmp_path / "files"), events[rows])


def test_many_events_cost_disk_and_no_memory(events: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adbench.data.gathering.IN_MEMORY", 0)
    monkeypatch.setattr("adbench.data.gathering.ROWS_AT_ONCE", 50)
    rows = np.arange(0, 5000, 2)
    tracemalloc.start()
    chosen = gathered(events, rows, tmp_path / "files")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < chosen.objects.nbytes / 4
    assert list((tmp_path / "files").iterdir()) == []  # nothing that a kill could leave behind
    assert not chosen.objects.flags.writeable


def test_a_folder_that_cannot_be_written_is_named(
    events: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adbench.data.gathering.IN_MEMORY", 0)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"cannot copy 0\.0 GB of events to .*file/x: .* ADBENCH_CACHE_DIR"):
        gathered(events, np.arange(0, 5000, 2), tmp_path / "file" / "x")
