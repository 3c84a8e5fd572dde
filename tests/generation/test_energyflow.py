"""What the simulated detector sees of generated particles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from adbench.generation.energyflow import energy_flow, track_efficiency
from adbench.generation.pythia import Entries


def particles(codes: Sequence[int], pt: float = 50.0, eta: float = 0.3, status: int = 91) -> Entries:
    n = len(codes)
    one = np.ones(n)
    momenta = pt * one, 0 * one, pt * np.sinh(eta) * one, pt * np.cosh(eta) * one
    zeros = np.zeros(n, np.int64)
    return Entries(1, zeros, np.array(codes), np.full(n, status), zeros, *momenta)


def seen(entries: Entries) -> np.ndarray:
    return energy_flow(entries, np.random.default_rng(1)).pt


@pytest.mark.parametrize("code", [12, -14, 16, 52, 1000022, 4900101, 4900111])
def test_invisible_particles_leave_nothing(code: int) -> None:
    assert len(seen(particles([code] * 50))) == 0


def test_particles_that_decayed_leave_nothing() -> None:
    assert len(seen(particles([211] * 50, status=-83))) == 0


@pytest.mark.parametrize(("code", "spread"), [(211, 0.02), (22, 0.02), (130, 0.09), (-13, 0.02)])
def test_mean_and_spread_of_what_is_measured(code: int, spread: float) -> None:
    found = seen(particles([code] * 4000))
    assert found.mean() == pytest.approx(50.0, rel=0.01)
    assert 0.3 * spread < found.std() / 50.0 < 2 * spread


def test_tracks_that_are_lost_are_seen_by_the_calorimeter_except_muons() -> None:
    assert len(seen(particles([211] * 4000))) == 4000
    assert len(seen(particles([13] * 4000))) == pytest.approx(0.95 * 4000, rel=0.02)


def test_thresholds_and_edges() -> None:
    assert len(seen(particles([22] * 200, pt=0.2))) < 20
    assert len(seen(particles([130] * 200, pt=0.4))) < 100
    assert len(seen(particles([13] * 200, eta=2.6))) == 0
    assert len(seen(particles([211] * 200, eta=2.6))) == 200
    assert len(seen(particles([211] * 200, eta=5.0))) == 0


def test_track_efficiency_by_region() -> None:
    pt, eta = np.array([0.05, 0.5, 5.0, 5.0, 5.0]), np.array([0.0, 0.0, 0.0, 2.0, 3.0])
    assert track_efficiency(pt, eta).tolist() == [0.0, 0.70, 0.95, 0.85, 0.0]
