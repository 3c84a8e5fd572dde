from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from adbench.api import DataError, Events, EventSchema, Kind, Quantity

ARRAYS = ("objects", "kinds", "features", "categories", "weights")


def assert_same(a: Events, b: Events) -> None:
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def test_build_fills_in_types_and_defaults():
    schema = EventSchema((Quantity("pt", "GeV"),), (Kind("j", jet=True),))
    events = Events.build(schema, [[[50], [0]], [[7], [8]]], [[1, 0], [1, 1]])
    assert [getattr(events, name).dtype.name for name in ARRAYS] == ["float32", "int8", "float32", "int32", "float32"]
    assert [getattr(events, name).shape for name in ARRAYS] == [(2, 2, 1), (2, 2), (2, 0), (2, 0), (2,)]
    np.testing.assert_array_equal(events.weights, 1)
    np.testing.assert_array_equal(events.present, [[True, False], [True, True]])


@pytest.mark.parametrize("rows", [slice(3, 17), np.arange(40) % 3 == 0, np.array([5, 5, 0, 39])])
def test_rows_are_chosen_everywhere(random_events, rows):
    events = random_events(40)
    chosen = events[rows]
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(chosen, name), getattr(events, name)[rows])
    np.testing.assert_array_equal(chosen.aux["row"], np.arange(40)[rows])
    assert len(chosen) == len(np.arange(40)[rows])


def test_a_slice_is_a_view(random_events):
    events = random_events(10)
    assert np.shares_memory(events[2:5].objects, events.objects)


def test_concatenate_pads_to_the_widest_and_keeps_shared_aux(random_events):
    narrow, wide = random_events(6, slots=3, seed=1), random_events(4, slots=7, seed=2)
    wide = dataclasses.replace(wide, aux={"row": wide.aux["row"]})
    joined = Events.concatenate([narrow, wide])
    assert joined.objects.shape == (10, 7, 3)
    assert set(joined.aux) == {"row"}
    assert_same(joined[:6].padded(3), narrow)
    assert_same(joined[6:], wide)
    assert not joined.kinds[:6, 3:].any()
    assert not joined.objects[:6, 3:].any()


def test_padding_adds_empty_slots_or_cuts_the_last(random_events):
    events = random_events(8, slots=4)
    wider = events.padded(9)
    np.testing.assert_array_equal(wider.present.sum(axis=1), events.present.sum(axis=1))
    assert_same(wider.padded(4), events)
    np.testing.assert_array_equal(events.padded(2).objects, events.objects[:, :2])


def test_different_schemas_do_not_join(random_events):
    events = random_events(3)
    other = dataclasses.replace(events, schema=dataclasses.replace(events.schema, objects="constituent"))
    with pytest.raises(DataError, match="different schemas"):
        Events.concatenate([events, other])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("objects", np.zeros((3, 5, 2), np.float32)),
        ("objects", np.zeros((3, 5, 3), np.float64)),
        ("kinds", np.zeros((3, 4), np.int8)),
        ("kinds", np.zeros((3, 5), np.int64)),
        ("features", np.zeros((3, 3), np.float32)),
        ("categories", np.zeros((2, 1), np.int32)),
        ("weights", np.zeros((3, 1), np.float32)),
    ],
)
def test_wrong_types_and_shapes_are_named(random_events, name, wrong):
    with pytest.raises(DataError, match=r"Events\.\w+ is .*; expected"):
        dataclasses.replace(random_events(3), **{name: wrong})


def test_aux_of_another_length_is_refused(random_events):
    with pytest.raises(DataError, match=r"aux\['row'\] has 2 rows for 3 events"):
        dataclasses.replace(random_events(3), aux={"row": np.arange(2)})


def test_detectors_see_no_aux(random_events):
    events = random_events(3)
    assert dict(events.stripped().aux) == {}
    assert_same(events.stripped(), events)


def test_a_prior_tells_which_events_are_copies_and_nothing_else(random_events):
    events = random_events(5)
    copies = dataclasses.replace(events, aux={**events.aux, "source": np.array([907, 3, 907, 55, 3])})
    assert {name: array.tolist() for name, array in copies.as_prior().aux.items()} == {"source": [0, 1, 0, 2, 1]}
    assert events.stripped().as_prior().aux["source"].tolist() == [0, 1, 2, 3, 4]
    assert_same(copies.as_prior(), events)


def test_quantities_by_name(random_events):
    events = random_events(20)
    np.testing.assert_array_equal(events.object("eta"), events.objects[:, :, 1])
    np.testing.assert_array_equal(events.feature("met"), events.features[:, 0])
    np.testing.assert_array_equal(events.of_kind("b", "e-"), (events.kinds == 2) | (events.kinds == 3))
