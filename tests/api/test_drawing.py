from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adbench.api import DetectorError, Events, EventSchema, Kind, Quantity, RunContext, training_rows

SCHEMA = EventSchema((Quantity("pt", "GeV"),), (Kind("j", jet=True),))


def weighted(weights: list[float] | np.ndarray) -> Events:
    n = len(weights)
    return Events.build(SCHEMA, np.zeros((n, 1, 1)), np.zeros((n, 1)), weights=np.asarray(weights, np.float32))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adbench.api.drawing._BLOCK", 8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(n=st.integers(2, 60), most=st.integers(2, 60), seed=st.integers(0, 5))
def test_events_of_equal_weight_are_taken_once_in_order(n: int, most: int, seed: int) -> None:
    context = RunContext(seed=seed)
    rows = training_rows(weighted(np.full(n, 3.0)), most, context)
    assert len(rows) == min(n, most)
    assert (np.diff(rows) > 0).all()
    assert rows.min() >= 0
    assert rows.max() < n
    note = f"trained on {most} of {n} background events, drawn at random (max_training_events)"
    assert context.notes == ([note] if n > most else [])
    assert rows.tolist() == training_rows(weighted(np.ones(n)), most, RunContext(seed=seed)).tolist()


def test_every_event_is_drawn_equally_often() -> None:
    draws = np.zeros(30)
    for seed in range(600):
        draws[training_rows(weighted(np.ones(30)), 10, RunContext(seed=seed))] += 1
    assert abs(draws - 200).max() < 4.5 * np.sqrt(600 * 1 / 3 * 2 / 3)
    one, other = (training_rows(weighted(np.ones(30)), 10, RunContext(seed=seed)).tolist() for seed in (0, 1))
    assert one != other


def test_other_weights_are_probabilities() -> None:
    weights = np.array([0.0, 1.0, 2.0, 3.0] * 10)
    draws = np.zeros(40)
    for seed in range(300):
        rows = training_rows(weighted(weights), 1000, RunContext(seed=seed))
        assert len(rows) == 40
        assert (np.diff(rows) >= 0).all()
        draws += np.bincount(rows, minlength=40)
    expected = weights / weights.sum() * 300 * 40
    assert (draws[weights == 0] == 0).all()
    assert (abs(draws - expected) <= 4.5 * np.sqrt(expected)).all()
    assert len(training_rows(weighted(weights), 7, RunContext())) == 7


@pytest.mark.parametrize("weights", [[], [1.0], [1.0, -1.0, 3.0], [0.0, 0.0], [np.inf, 1.0], [np.nan, 1.0]])
def test_impossible_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(DetectorError, match=f"weights of at least 0 are needed; there are {len(weights)}"):
        training_rows(weighted(weights), 10, RunContext())


def test_memory_does_not_grow_with_the_events(monkeypatch: pytest.MonkeyPatch) -> None:
    def peak(events: Events) -> int:
        tracemalloc.start()
        training_rows(events, 1000, RunContext())
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    monkeypatch.setattr("adbench.api.drawing._BLOCK", 10_000)
    for last in (1.0, 2.0):
        few, many = (weighted(np.linspace(1.0, last, n)) for n in (40_000, 1_000_000))
        assert peak(many) < 1.2 * peak(few) + 50_000
