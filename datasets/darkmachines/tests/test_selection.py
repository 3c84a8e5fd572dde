from __future__ import annotations

import numpy as np
import pytest
from adbench_darkmachines.selection import (
    ACCEPTANCE,
    CHANNELS,
    SYMBOLS,
    passes_channel,
    passes_object_cuts,
    scalar_ht,
)

KIND = {symbol: kind for kind, symbol in enumerate(SYMBOLS, start=1)}


def event(*listed: tuple[str, float] | tuple[str, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Pad one event of (symbol, pT[, eta]) to 14 slots."""
    objects = np.zeros((1, 14, 4), dtype=np.float32)
    kinds = np.zeros((1, 14), dtype=np.int8)
    for slot, (symbol, pt, *eta) in enumerate(listed):
        objects[0, slot, 1] = pt
        objects[0, slot, 2] = eta[0] if eta else 0.0
        objects[0, slot, 0] = pt * np.cosh(objects[0, slot, 2])
        kinds[0, slot] = KIND[symbol]
    return objects, kinds


def passes(channel: str, met: float, *listed: tuple[str, float] | tuple[str, float, float]) -> bool:
    return bool(passes_channel(channel, *event(*listed), np.array([met], dtype=np.float32))[0])


@pytest.mark.parametrize(
    ("symbol", "pt_min", "eta_max"),
    [(s, ACCEPTANCE[k].pt_min, ACCEPTANCE[k].eta_max) for s, k in KIND.items()],
)
def test_object_at_the_edge_is_outside(symbol: str, pt_min: float, eta_max: float) -> None:
    objects, kinds = event(
        (symbol, pt_min, 0.0),
        (symbol, pt_min + 0.01, 0.0),
        (symbol, 99.0, -eta_max - 1e-4),
        (symbol, 99.0, 1e-4 - eta_max),
    )
    assert passes_object_cuts(objects, kinds)[0, :5].tolist() == [False, True, False, True, False]


def test_published_acceptance() -> None:
    found = {symbol: (ACCEPTANCE[kind].pt_min, ACCEPTANCE[kind].eta_max) for symbol, kind in KIND.items()}
    jet, lepton = (20.0, 2.8), (15.0, 2.7)
    assert found == {
        "j": jet,
        "b": jet,
        "e-": lepton,
        "e+": lepton,
        "m-": lepton,
        "m+": lepton,
        "g": (20.0, 2.37),
    }


def test_padding_is_never_an_object() -> None:
    objects = np.full((2, 5, 4), 500.0, dtype=np.float32)
    objects[..., 2] = 0.0
    kinds = np.zeros((2, 5), dtype=np.int8)
    met = np.full(2, 900.0, dtype=np.float32)
    assert not passes_object_cuts(objects, kinds).any()
    for channel in CHANNELS:
        assert not passes_channel(channel, objects, kinds, met).any()


FOUR_JETS = (("j", 250.0), ("b", 200.0), ("j", 100.0), ("j", 50.5))


def test_channel_1_edges() -> None:
    assert passes("1", 200.0, *FOUR_JETS)  # HT 600.5, MET exactly 200
    assert not passes("1", 199.9, *FOUR_JETS)
    exact = (("j", 250.0), ("j", 200.0), ("j", 90.0), ("j", 60.0))
    assert passes("1", 200.0, *exact)  # HT exactly 600
    assert not passes("1", 200.0, ("j", 249.0), *exact[1:])
    assert not passes("1", 200.0, ("j", 260.0), ("j", 200.0), ("j", 100.0), ("j", 50.0))  # 50 GeV is not above 50
    assert not passes("1", 201.0, *[("j", 200.0)] * 4)  # no jet above 200
    assert passes("1", 201.0, ("j", 200.5), *[("j", 200.0)] * 3)
    assert not passes("1", 200.0, ("j", 400.0), *[("j", 300.0)] * 3)  # MET/HT = 0.154
    assert passes("1", 250.0, ("j", 400.0), *[("j", 200.0)] * 3)  # MET/(MET + pT of four jets) exactly 0.2
    assert not passes("1", 249.9, ("j", 400.0), *[("j", 200.0)] * 3)
    # The fifth jet counts for MET/HT alone: 280/1400 is exactly 0.2, 280/(280 + 1120) too.
    five = (*[("j", 280.0)] * 4, ("j", 30.0))
    assert not passes("1", 280.0, *five, *[("j", 30.0)] * 9)
    assert passes("1", 280.0, *five)


def test_forward_jet_counts_neither_for_ht_nor_for_jets() -> None:
    assert not passes("1", 300.0, ("j", 250.0), ("j", 200.0), ("j", 100.0), ("j", 60.0, 2.9))
    assert scalar_ht(*event(("j", 100.0), ("b", 30.0, -2.81), ("b", 40.0), ("j", 19.0), ("e-", 70.0)))[0] == 140.0


def test_channel_2_edges() -> None:
    assert passes("2a", 50.0, ("e-", 15.1), ("m+", 15.1), ("m-", 15.1))
    assert not passes("2a", 50.0, ("e-", 15.0), ("m+", 15.1), ("m-", 15.1))
    assert not passes("2a", 49.9, ("e-", 15.1), ("m+", 15.1), ("m-", 15.1))
    assert not passes("2a", 50.0, ("g", 30.0), ("m+", 15.1), ("m-", 15.1))
    assert passes("2b", 50.0, ("b", 50.0), ("e+", 15.1), ("e+", 15.1))
    assert not passes("2b", 50.0, ("b", 49.9), ("e+", 15.1), ("e+", 15.1))
    assert not passes("2b", 50.0, ("b", 50.0), ("e+", 15.1))


def test_channel_3_wants_more_than_100_gev_of_met() -> None:
    assert not passes("3", 100.0, ("j", 600.0))
    assert passes("3", 100.1, ("j", 600.0))
    assert not passes("3", 100.1, ("j", 599.9))


def test_answer_does_not_change_when_outside_objects_are_removed() -> None:
    rng = np.random.default_rng(3)
    n = 2000
    objects = np.zeros((n, 12, 4), dtype=np.float32)
    objects[..., 1] = rng.exponential(120.0, (n, 12))
    objects[..., 2] = rng.uniform(-4.0, 4.0, (n, 12))
    kinds = rng.choice(8, size=(n, 12), p=[0.2, 0.4, 0.1, 0.06, 0.06, 0.06, 0.06, 0.06]).astype(np.int8)
    met = rng.uniform(40.0, 400.0, n).astype(np.float32)
    kept = passes_object_cuts(objects, kinds)
    for channel in CHANNELS:
        before = passes_channel(channel, objects, kinds, met)
        after = passes_channel(channel, objects * kept[..., None], kinds * kept.astype(np.int8), met)
        assert before.any()
        np.testing.assert_array_equal(before, after)


def test_unknown_channel() -> None:
    with pytest.raises(KeyError, match="2c"):
        passes("2c", 100.0, ("j", 50.0))
