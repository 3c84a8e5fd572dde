"""Numbers by which the same event is found again in another sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import EventSchema
from adbench.testing.dataset_conformance.hashing import event_hashes, same_events
from adbench.testing.toys import SCHEMA, toy_events


@given(st.integers(1, 40), st.integers(0, 4), st.integers(0, 2**32 - 1))
def test_hashes_tell_events_apart_and_do_not_see_empty_slots(n: int, more: int, seed: int) -> None:
    events = toy_events(n, 60.0, seed)
    hashes = event_hashes(events)
    assert len(np.unique(hashes)) == n
    other = np.random.default_rng(seed).permutation(n)
    np.testing.assert_array_equal(event_hashes(events[other]), hashes[other])
    changed = replace(events, features=np.nextafter(events.features, np.float32(np.inf)))
    assert not np.isin(event_hashes(changed), hashes).any()
    signed = replace(events, objects=np.where(events.objects == 0, np.float32(-0.0), events.objects))
    np.testing.assert_array_equal(event_hashes(signed), hashes)
    assert same_events(hashes, hashes[: n // 2]) == n // 2
    assert same_events(np.append(hashes, hashes), hashes) == 0  # contents that come twice say nothing
    empty = EventSchema(SCHEMA.object_features, SCHEMA.kinds)
    bare = replace(events, schema=empty, features=np.zeros((n, 0), np.float32))
    np.testing.assert_array_equal(event_hashes(bare), event_hashes(bare.padded(5 + more)))
