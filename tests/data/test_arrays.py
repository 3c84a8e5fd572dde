from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import pytest

from adbench.api import Events, EventSchema, Kind, Quantity
from adbench.data.arrays import ArrayWriter, load_events, write_events

SCHEMA = EventSchema((Quantity("pt", "GeV"),), (Kind("j", jet=True),), (Quantity("met", "GeV"),))


def toy(n: int, slots: int, seed: int = 0) -> Events:
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 2, (n, slots))
    return Events.build(
        SCHEMA,
        rng.random((n, slots, 1)) * kinds[..., None],
        kinds,
        rng.random((n, 1)),
        aux={"row": np.arange(n), "m_jj": rng.random(n)},
    )


def assert_same(a: Events, b: Events) -> None:
    for name in ("objects", "kinds", "features", "categories", "weights"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert set(a.aux) == set(b.aux)
    for name, array in a.aux.items():
        np.testing.assert_array_equal(array, b.aux[name])
        assert array.dtype == b.aux[name].dtype


def memory_mapped(array: np.ndarray) -> bool:
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap.mmap)


def test_events_come_back_as_memory_maps(tmp_path: Path) -> None:
    parts = [toy(5, 3, 1), toy(0, 3), toy(7, 3, 2)]
    assert write_events(tmp_path, parts, slots=3) == 3
    events = load_events(tmp_path, SCHEMA)
    assert_same(events, Events.concatenate(parts))
    assert memory_mapped(events.objects)
    assert memory_mapped(events[2:9].objects)
    assert type(events.objects) is np.ndarray
    with pytest.raises(ValueError, match=r"read-only"):
        events.objects[0] = 1.0


def test_slots_grow_when_a_later_event_needs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adbench.data.arrays.ROWS_AT_ONCE", 4)
    parts = [toy(9, 2, 1), toy(3, 5, 2), toy(4, 3, 3), toy(2, 6, 4)]
    assert write_events(tmp_path, iter(parts), slots=4) == 6
    assert_same(load_events(tmp_path, SCHEMA), Events.concatenate(parts))
    assert not list(tmp_path.glob("*.wide"))


def test_the_header_tells_the_final_length(tmp_path: Path) -> None:
    with ArrayWriter(tmp_path / "x.npy", np.dtype("int16"), (2,)) as writer:
        for i in range(300):
            writer.append(np.full((i % 3, 2), i, np.int16))
    assert np.load(tmp_path / "x.npy").shape == (300, 2)


def test_rows_of_another_kind_are_refused(tmp_path: Path) -> None:
    with ArrayWriter(tmp_path / "x.npy", np.dtype("int16"), (2,)) as writer:
        with pytest.raises(ValueError, match=r"holds rows int16 \(2,\), not int32 \(2,\)"):
            writer.append(np.zeros((1, 2), np.int32))
        with pytest.raises(ValueError, match=r"not int16 \(3,\)"):
            writer.append(np.zeros((1, 3), np.int16))


def test_nothing_to_write(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no events to write"):
        write_events(tmp_path, [], slots=3)
