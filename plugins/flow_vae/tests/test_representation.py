from __future__ import annotations

import numpy as np
import pytest
from adbench_flow_vae.inputs import View
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.representation import ALL_OBJECTS, rows

from adbench.api import Events, EventSchema, Kind, Quantity, UnsuitedError


def by_hand(events: Events) -> np.ndarray:
    """One object at a time, as the paper says it."""
    table = np.zeros((len(events), 39, 5))
    names = [kind.name for kind in events.schema.kinds]
    for i in range(len(events)):
        objects = [
            (names[kind - 1], *map(float, values))
            for kind, values in zip(events.kinds[i], events.objects[i], strict=True)
            if kind > 0
        ]
        row = 0
        for code, (name, capacity) in enumerate(ALL_OBJECTS, start=1):
            mine = sorted((o for o in objects if o[0] == name), key=lambda o: -o[2])[:capacity]
            for offset, (_, energy, pt, eta, phi) in enumerate(mine):
                table[i, row + offset] = energy, pt, eta, phi, code
            row += capacity
    return table


def test_rows_equal_the_slow_loop(collisions):
    events = collisions(300)
    np.testing.assert_array_equal(rows(events), by_hand(events).astype(np.float32))


def test_unsorted_objects_and_gaps_give_the_same_rows(collisions):
    events = collisions(200)
    shuffled = np.random.default_rng(1).permuted(np.tile(np.arange(20), (200, 1)), axis=1)
    mixed = Events.build(
        events.schema,
        np.take_along_axis(events.objects, shuffled[:, :, None], 1),
        np.take_along_axis(events.kinds, shuffled, 1),
        events.features,
    )
    np.testing.assert_array_equal(rows(mixed), rows(events))


def test_the_softest_objects_of_an_overfull_block_are_left_out(collisions):
    events = collisions(1)
    kinds = np.full((1, 20), 4)  # twenty positrons
    objects = np.arange(80, dtype=float).reshape(1, 20, 4)
    table = rows(Events.build(events.schema, objects, kinds, events.features))
    assert table[0, 27:31, 1].tolist() == [77.0, 73.0, 69.0, 65.0]
    assert np.count_nonzero(table[0, :, 4]) == 4


def test_kinds_are_found_by_name_and_not_by_number(collisions):
    events = collisions(100)
    order = [6, 2, 0, 5, 1, 4, 3]
    schema = EventSchema(
        events.schema.object_features, tuple(events.schema.kinds[i] for i in order), events.schema.features
    )
    renumbered = np.concatenate([[0], 1 + np.argsort(order)])[events.kinds]
    np.testing.assert_array_equal(rows(Events.build(schema, events.objects, renumbered, events.features)), rows(events))


def test_more_padding_and_chunks_change_nothing(collisions, monkeypatch):
    events = collisions(50)
    table = rows(events)
    np.testing.assert_array_equal(rows(events.padded(31)), table)
    monkeypatch.setattr("adbench_flow_vae.representation._CHUNK", 7)
    np.testing.assert_array_equal(rows(events), table)


def test_an_event_without_objects_is_all_zeros(collisions):
    events = collisions(2)
    empty = Events.build(events.schema, np.zeros((1, 20, 4)), np.zeros((1, 20)), events.features[:1])
    assert not rows(empty).any()


def test_memory_maps_are_read_and_never_written(collisions, tmp_path):
    events = collisions(30)
    file = np.memmap(tmp_path / "objects", np.float32, "w+", shape=events.objects.shape)
    file[:] = events.objects
    mapped = np.memmap(tmp_path / "objects", np.float32, "r", shape=events.objects.shape)
    np.testing.assert_array_equal(
        rows(Events.build(events.schema, mapped, events.kinds, events.features)), rows(events)
    )


def test_a_kind_without_slots_is_an_error(collisions):
    events = collisions(3)
    schema = EventSchema(events.schema.object_features, (*events.schema.kinds, Kind("tau-")), events.schema.features)
    with pytest.raises(UnsuitedError, match=r"no slots for objects of kind tau-; this detector knows j, b, m\+"):
        rows(Events.build(schema, events.objects, events.kinds, events.features))


def test_objects_without_energy_are_an_error():
    schema = EventSchema((Quantity("pt", "GeV"), Quantity("eta"), Quantity("phi", "rad")), (Kind("j", jet=True),))
    with pytest.raises(UnsuitedError, match="needs objects with E; leave it out"):
        rows(Events.build(schema, np.zeros((1, 2, 3)), np.zeros((1, 2))))


@pytest.mark.parametrize(
    ("params", "lacking"),
    [({"network": "gcn", "high_level": True}, "met"), ({"network": "conv", "compat": "darkflow"}, "met, met_phi")],
)
def test_events_without_missing_momentum_are_named(collisions, params, lacking):
    events = collisions(3)
    bare = Events.build(EventSchema(events.schema.object_features, events.schema.kinds), events.objects, events.kinds)
    with pytest.raises(UnsuitedError, match=f"needs events with {lacking}; leave it out"):
        View.of(FlowVaeParams(**params)).tables(bare)
