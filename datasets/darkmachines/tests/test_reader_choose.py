"""The compiled selection of the reader is that of `selection.passes_channel`."""

from __future__ import annotations

import numpy as np
import pytest
from adbench_darkmachines.reader.choose import choose
from adbench_darkmachines.selection import CHANNELS, passes_channel
from hypothesis import given, settings
from hypothesis import strategies as st

EDGES = [20.1, 49.9, 50.0, 50.1, 100.0, 150.0, 199.9, 200.0, 200.1, 250.0, 600.0]  # pT around the cuts, in GeV
PT = st.one_of(st.sampled_from(EDGES), st.floats(20.5, 900.0, width=32))
EVENT = st.tuples(
    st.lists(st.tuples(st.integers(1, 7), PT), max_size=9),
    st.one_of(st.sampled_from([49.9, 50.0, 100.0, 100.1, 120.0, 200.0]), st.floats(0.0, 400.0, width=32)),
)


@settings(max_examples=300, deadline=None)
@given(listed=st.lists(EVENT, min_size=1, max_size=20), channel=st.sampled_from(sorted(CHANNELS)))
def test_it_agrees_with_the_definition(listed: list[tuple[list[tuple[int, float]], float]], channel: str) -> None:
    objects, kinds = np.zeros((len(listed), 10, 4), np.float32), np.zeros((len(listed), 10), np.int8)
    for i, (event, _) in enumerate(listed):
        for slot, (kind, pt) in enumerate(sorted(event, key=lambda pair: -pair[1])):
            kinds[i, slot], objects[i, slot] = kind, (pt, pt, 0.0, 0.0)
    met = np.array([value for _, value in listed], np.float32)
    expected = passes_channel(channel, objects, kinds, met)
    assert choose(channel, objects, kinds, met).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("channel", "met", "momenta"),
    [("1", 250.0, [300.0, 200.0, 120.0, 80.0]), ("3", 100.1, [600.0])],
)
def test_it_lets_events_pass(channel: str, met: float, momenta: list[float]) -> None:
    objects, kinds = np.zeros((1, 10, 4), np.float32), np.zeros((1, 10), np.int8)
    objects[0, : len(momenta), 1], kinds[0, : len(momenta)] = momenta, 1
    assert choose(channel, objects, kinds, np.array([met], np.float32)).all()
    assert not choose(channel, objects, kinds, np.array([met / 3], np.float32)).any()
