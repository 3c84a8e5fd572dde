"""What the networks see of jets and events, and its Jacobian."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from adbench_point_diffusion.order import in_order
from adbench_point_diffusion.params import DiffusionParams
from adbench_point_diffusion.view import View

from adbench.api import Events, EventSchema, Quantity, UnsuitedError

Make = Callable[..., Events]


def seen(events: Events, **params: object) -> np.ndarray:
    """Return all numbers of each event as one row."""
    numbers, objects, _, _ = View.of(events.schema, DiffusionParams(slots=6, **params)).tables(events)
    return np.concatenate([numbers, objects.reshape(len(events), -1)], axis=1).astype(np.float64)


def test_jets_are_shares_of_the_jets_momentum(jets: Make) -> None:
    events = jets(5)
    view = View.of(events.schema, DiffusionParams(slots=4))
    numbers, objects, there, kinds = view.tables(events)
    assert [column.name for column in view.event] == ["jet_pt", "jet_eta", "jet_mass", "jet_multiplicity"]
    np.testing.assert_allclose(numbers[:, 0], np.log1p(events.feature("jet_pt")), rtol=1e-6)
    np.testing.assert_array_equal(numbers[:, view.count], events.present.sum(1))
    share = events.object("pt")[:, :4] / events.feature("jet_pt")[:, None]
    np.testing.assert_allclose(np.exp(objects[..., 0])[kinds > 0], share[kinds > 0], rtol=1e-5)
    assert not objects[~there].any()


def test_the_codes_coordinate_is_on_request(jets: Make) -> None:
    events = jets(50)
    view = View.of(events.schema, DiffusionParams(slots=4, momentum="log1m", numbers="plain"))
    numbers, objects, _, kinds = view.tables(events)
    np.testing.assert_allclose(numbers[:, 2], events.feature("jet_mass"))
    share = events.object("pt")[:, :4] / events.feature("jet_pt")[:, None]
    np.testing.assert_allclose(1 - np.exp(objects[..., 0])[kinds > 0], share[kinds > 0], atol=1e-5)


def test_collisions_have_masses_of_jets_and_azimuth_from_opposite_the_missing_momentum(collisions: Make) -> None:
    events = collisions(200)
    view = View.of(events.schema, DiffusionParams(slots=4))
    numbers, objects, there, kinds = view.tables(events)
    assert [column.name for column in view.event] == ["", "met"]
    np.testing.assert_array_equal(numbers[:, 0], events.present.sum(1))
    np.testing.assert_array_equal(there[..., 0], kinds == 1)
    first = events[kinds[:, 0] == 1]
    p = first.object("pt")[:, 0].astype(float) * np.cosh(first.object("eta")[:, 0].astype(float))
    mass = np.sqrt(first.object("E")[:, 0].astype(float) ** 2 - p**2)
    np.testing.assert_allclose(np.expm1(objects[kinds[:, 0] == 1, 0, 0]), mass, rtol=1e-3, atol=1e-2)
    away = events.object("phi")[:, 0] - events.feature("met_phi")
    np.testing.assert_allclose(np.cos(objects[:, 0, 3]), -np.cos(away), atol=1e-5)


@pytest.mark.parametrize("params", [{}, {"momentum": "log1m", "numbers": "plain"}])
def test_the_jacobian_of_jets_is_that_of_small_changes(params: dict, jets: Make) -> None:
    events = jets(20)
    x, step = seen(events, **params), 1e-2
    total = np.zeros(20)
    view = View.of(events.schema, DiffusionParams(slots=6, **params))
    for place in range(3):  # jet_pt is a condition of the momenta: it is changed last and alone
        if place == 1:
            continue
        features = events.features.copy()
        features[:, place] += step
        moved = seen(Events.build(events.schema, events.objects, events.kinds, features), **params)
        total += np.log(np.abs(moved[:, place] - x[:, place]) / step)
    for slot in range(6):
        objects = events.objects.copy()
        objects[:, slot, 0] += step * events.present[:, slot]
        moved = seen(Events.build(events.schema, objects, events.kinds, events.features), **params)
        slope = np.abs(moved[:, 4 + 3 * slot] - x[:, 4 + 3 * slot]) / step
        total += np.where(events.present[:, slot], np.log(np.maximum(slope, 1e-30)), 0)
    gaps = -np.diff(np.pad(events.object("pt"), ((0, 0), (0, 1))), axis=1)
    safe = np.where(events.present[:, :6], gaps[:, :6] > 0.1, True).all(axis=1)  # no object overtakes another
    soft = np.where(events.present[:, :6], events.object("pt")[:, :6] > 2, True).all(axis=1)
    single = events.present.sum(axis=1) == 1  # log1m is cut off where one constituent is the jet
    good = safe & soft & ~single
    assert good.sum() > 8
    np.testing.assert_allclose(view.log_jacobian(events)[good], total[good], atol=0.15)


def test_the_jacobian_of_collisions(collisions: Make) -> None:
    events = collisions(30)
    expected = np.full(30, -np.log(2 * np.pi)) - np.log1p(events.feature("met").astype(float))
    p = events.object("pt").astype(float) * np.cosh(events.object("eta").astype(float))
    mass = np.sqrt(np.maximum(events.object("E").astype(float) ** 2 - p**2, 0))
    expected -= np.where(events.present, np.log(np.maximum(events.object("pt"), 1e-9)), 0).sum(1)
    expected -= np.where(events.kinds == 1, np.log1p(mass), 0).sum(1)
    view = View.of(events.schema, DiffusionParams(slots=6))
    np.testing.assert_allclose(view.log_jacobian(events), expected, rtol=1e-4)


def test_the_order_in_a_file_is_forgotten_also_where_momenta_are_equal(collisions: Make) -> None:
    events = collisions(40)
    objects = events.objects.copy()
    objects[:, 1, 1] = objects[:, 0, 1] * events.present[:, 1]
    tied = Events.build(events.schema, objects, events.kinds, events.features)
    order = np.random.default_rng(0).permutation(6)
    mixed = Events.build(events.schema, objects[:, order], events.kinds[:, order], events.features)
    np.testing.assert_array_equal(in_order(tied, 6).objects, in_order(mixed, 6).objects)
    np.testing.assert_array_equal(in_order(tied, 6).kinds, in_order(mixed, 6).kinds)
    assert in_order(tied, 9).kinds.shape == (40, 9)


def test_events_without_objects_are_refused() -> None:
    with pytest.raises(UnsuitedError, match="no objects"):
        View.of(EventSchema((), (), (Quantity("mass"),)), DiffusionParams())
