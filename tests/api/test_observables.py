from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import (
    Events,
    UnknownNameError,
    delta_phi,
    effective_mass,
    missing_energy,
    multiplicities,
    scalar_sum,
)
from adbench.api.schema import EventSchema, Kind, Quantity


def test_sums_against_a_plain_loop(random_events):
    events = random_events(40)
    for i in range(len(events)):
        jets = [float(pt) for pt, kind in zip(events.objects[i, :, 0], events.kinds[i], strict=True) if kind in (1, 2)]
        assert scalar_sum(events)[i] == pytest.approx(sum(jets), rel=1e-6)
        assert effective_mass(events)[i] == pytest.approx(sum(jets) + events.features[i, 0], rel=1e-6)
        assert multiplicities(events)[i].tolist() == [(events.kinds[i] == code).sum() for code in (1, 2, 3)]


def test_missing_energy_needs_its_feature():
    bare = Events.build(EventSchema((Quantity("pt", "GeV"),), (Kind("j", jet=True),)), [[[50.0]]], [[1]])
    with pytest.raises(UnknownNameError, match="no event feature 'met'"):
        missing_energy(bare)


@given(st.floats(-10, 10), st.floats(-10, 10), st.integers(-2, 2))
def test_delta_phi_is_the_angle_between(a, b, turns):
    angle = float(delta_phi(np.float32(a + 2 * np.pi * turns), np.float32(b)))
    assert -np.pi - 1e-6 <= angle <= np.pi + 1e-6
    assert np.cos(angle) == pytest.approx(np.cos(a - b), abs=2e-5)
    assert np.sin(angle) == pytest.approx(np.sin(a - b), abs=2e-5)
