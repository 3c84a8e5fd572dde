"""The tail of the jet response: its law, its momentum balance, and the batch it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
from adbench_darkmachines.generator.jets import Jets
from adbench_darkmachines.generator.response import RESPONSE_MIN, TAIL_LOSS, TAIL_PROBABILITY, lose_energy, response


def jets(event: list[int], rng: np.random.Generator) -> Jets:
    n = len(event)
    pt, eta = rng.uniform(30.0, 500.0, n), rng.uniform(-3.0, 3.0, n)
    return Jets(
        np.array(event, dtype=np.int64), pt, eta, rng.uniform(-np.pi, np.pi, n), pt * np.cosh(eta), rng.random(n) < 0.5
    )


def test_law_of_the_response() -> None:
    drawn = response(400_000, np.random.default_rng(1))
    lost = 1.0 - drawn[drawn < 1.0]
    assert len(lost) / len(drawn) == pytest.approx(TAIL_PROBABILITY, abs=0.003)
    assert lost.mean() == pytest.approx(TAIL_LOSS, rel=0.01)
    assert (lost > 0.5).mean() == pytest.approx(np.exp(-0.5 / TAIL_LOSS), rel=0.06)  # exponential
    assert drawn.min() >= RESPONSE_MIN
    assert drawn.max() == 1.0


def test_what_a_jet_loses_is_missing_along_it() -> None:
    rng = np.random.default_rng(2)
    before = jets([0, 0, 0, 2, 2], rng)
    after, x, y = lose_energy(before, 3, np.random.default_rng(3))
    assert after.pt.sum() < before.pt.sum()
    for name, values in (("cos", x), ("sin", y)):
        turn = getattr(np, name)
        balance = np.zeros(3)
        np.add.at(balance, before.event, (before.pt - after.pt) * turn(before.phi))
        assert values == pytest.approx(balance)
    assert after.e / after.pt == pytest.approx(before.e / before.pt)  # direction and mass over momentum stay
    assert (after.eta.tolist(), after.phi.tolist(), after.tagged.tolist()) == (
        before.eta.tolist(),
        before.phi.tolist(),
        before.tagged.tolist(),
    )


def test_events_without_jets_lose_nothing() -> None:
    after, x, y = lose_energy(jets([], np.random.default_rng(4)), 4, np.random.default_rng(5))
    assert len(after.pt) == 0
    assert x.dtype == y.dtype == np.float64
    assert not x.any()
    assert not y.any()
