from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from adbench.api import Events, EventSchema, Kind, Quantity


@pytest.fixture
def one_event(schema) -> Events:
    """A jet and an electron; MET points to phi = 0.5."""
    return Events.build(
        schema,
        [[[100.0, 0.3, 0.9], [40.0, -1.0, -2.0], [0.0, 0.0, 0.0]]],
        [[1, 3, 0]],
        [[250.0, 0.5]],
        categories=[[0]],
    )


def test_columns_by_hand(one_event):
    row = dict(zip(one_event.tabular.names, one_event.tabular()[0].tolist(), strict=True))
    assert row == pytest.approx(
        {
            "met [GeV]": 250.0,
            "n_j": 1.0,
            "n_b": 0.0,
            "n_e-": 1.0,
            "sum_pt_j [GeV]": 100.0,
            "sum_pt_b [GeV]": 0.0,
            "sum_pt_e- [GeV]": 40.0,
            "pt_1 [GeV]": 100.0,
            "eta_1": 0.3,
            "cos_phi_1": np.cos(0.4),
            "sin_phi_1": np.sin(0.4),
            "pt_2 [GeV]": 40.0,
            "eta_2": -1.0,
            "cos_phi_2": np.cos(-2.5),
            "sin_phi_2": np.sin(-2.5),
            "pt_3 [GeV]": 0.0,
            "eta_3": 0.0,
            "cos_phi_3": 0.0,
            "sin_phi_3": 0.0,
        },
        abs=1e-6,
    )


def test_one_column_per_name(random_events):
    events = random_events(30, slots=12)
    assert events.tabular().shape == (30, len(events.tabular.names))
    assert events.tabular().dtype == np.float32
    assert len(set(events.tabular.names)) == len(events.tabular.names)


@pytest.mark.parametrize("turn", [0.7, np.pi, 5.0])
def test_rotation_about_the_beam_changes_nothing(random_events, turn):
    events = random_events(50)
    objects, features = events.objects.copy(), events.features.copy()
    wrapped = np.float32(2 * np.pi)
    objects[:, :, 2] = np.where(events.present, (objects[:, :, 2] + turn) % wrapped, 0)
    features[:, 1] = (features[:, 1] + turn) % wrapped
    turned = dataclasses.replace(events, objects=objects, features=features)
    np.testing.assert_allclose(turned.tabular(), events.tabular(), atol=2e-6)


def test_empty_slots_are_zero_whatever_they_hold(random_events):
    events = random_events(20, slots=4)
    dirty = dataclasses.replace(events, objects=np.where(events.present[:, :, None], events.objects, np.float32(999)))
    np.testing.assert_array_equal(dirty.tabular(), events.tabular())


def test_wide_padding_adds_no_columns_beyond_the_leading_eight(random_events):
    events = random_events(25, slots=8)
    np.testing.assert_allclose(events.padded(20).tabular(), events.tabular(), rtol=1e-6)
    assert events.padded(20).tabular.names == events.tabular.names


def test_without_missing_momentum_angles_refer_to_the_leading_object():
    schema = EventSchema((Quantity("pt", "GeV"), Quantity("phi", "rad", periodic=True)), (Kind("h"),))
    events = Events.build(schema, [[[30.0, 3.0], [10.0, -3.0]]], [[1, 1]])
    row = dict(zip(events.tabular.names, events.tabular()[0].tolist(), strict=True))
    assert (row["cos_phi_1"], row["sin_phi_1"]) == (1.0, 0.0)
    assert row["cos_phi_2"] == pytest.approx(np.cos(2 * np.pi - 6.0), abs=1e-6)
    assert row["sin_phi_2"] == pytest.approx(np.sin(2 * np.pi - 6.0), abs=1e-6)


def test_events_without_transverse_momentum_have_a_table_too():
    schema = EventSchema((Quantity("intensity"),), (Kind("pixel"),))
    events = Events.build(schema, [[[0.5], [0.25]]], [[1, 1]])
    assert events.tabular.names == ("n_pixel", "intensity_1", "intensity_2")
    np.testing.assert_array_equal(events.tabular(), [[2.0, 0.5, 0.25]])


def test_number_of_leading_slots_can_be_fixed_whatever_the_padding(random_events):
    events = random_events(30, slots=5)
    table = events.tabular()
    np.testing.assert_allclose(events.padded(12).tabular(5), table, rtol=1e-6)  # sums in another order
    np.testing.assert_allclose(events.tabular(8), events.padded(8).tabular(), rtol=1e-6)
    few = events.tabular(3)
    assert few.shape[1] < table.shape[1]
    np.testing.assert_array_equal(few, table[:, : few.shape[1]])  # counts and sums still see all five
    assert events.tabular.leading == 5
    assert events.padded(12).tabular.leading == 8
