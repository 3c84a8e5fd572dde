"""Jets of energy-flow particles: sums, order, the seam at phi = pi, padding."""

from __future__ import annotations

import numpy as np
import pytest

from adbench.generation.clustering import Jets, cluster
from adbench.generation.energyflow import Flow
from adbench.generation.kinematics import wrap_phi
from adbench.generation.subjettiness import subjettiness

pytest.importorskip("fastjet", reason="fastjet of an extra [generate] is not installed; run make test-all")
pytest.importorskip("awkward", reason="awkward of an extra [generate] is not installed; run make test-all")


def spray(axes: list[tuple[float, float, float]], width: float, n: int, seed: int = 1, event: int = 0) -> Flow:
    """Particles around axes (pT, eta, phi), n each."""
    rng = np.random.default_rng(seed)
    parts = []
    for pt, eta, phi in axes:
        share = rng.dirichlet(np.ones(n)) * pt
        parts.append(np.column_stack([share, eta + width * rng.normal(size=n), phi + width * rng.normal(size=n)]))
    pt, eta, phi = np.concatenate(parts).T
    return Flow(event + 1, np.full(len(pt), event), pt, eta, wrap_phi(phi))


def test_a_jet_is_the_sum_of_its_constituents_hardest_first() -> None:
    flow = spray([(600, 0.3, 1.0), (500, -0.5, -2.0)], 0.1, 30)
    jets = cluster(flow, 0.8, 100.0)
    assert len(jets) == 2
    assert jets.pt[0] > jets.pt[1]
    for k in range(2):
        mine = jets.jet_of == k
        pt, eta, phi = jets.c_pt[mine], jets.c_eta[mine], jets.c_phi[mine]
        assert np.all(np.diff(pt) <= 0)
        px, py, pz, e = (np.sum(pt * f) for f in (np.cos(phi), np.sin(phi), np.sinh(eta), np.cosh(eta)))
        assert np.hypot(px, py) == pytest.approx(jets.pt[k])
        assert np.sqrt(e**2 - px**2 - py**2 - pz**2) == pytest.approx(jets.mass[k])
        assert np.arctan2(py, px) == pytest.approx(jets.phi[k])


@pytest.mark.parametrize("turn", [0.0, 1.0, np.pi, -np.pi / 2])
def test_a_jet_at_the_seam_is_not_torn(turn: float) -> None:
    """The same jet turned about the beam has the same mass, substructure and relative constituents."""
    here = cluster(spray([(600, 0.3, 0.0)], 0.2, 40), 0.8, 50.0)
    there = cluster(spray([(600, 0.3, turn)], 0.2, 40), 0.8, 50.0)
    assert there.mass == pytest.approx(here.mass)
    assert np.allclose(there.padded(60), here.padded(60))
    assert np.allclose(subjettiness(there, 3, 0.8), subjettiness(here, 3, 0.8))
    assert np.abs(there.padded(60)[:, :, 2]).max() < 1.6


def test_padding_keeps_the_leading_constituents_and_zeros_elsewhere() -> None:
    jets = cluster(spray([(600, 0.3, 0.0), (400, 0.0, 2.0)], 0.1, 12), 0.8, 50.0)
    wide, narrow = jets.padded(20), jets.padded(5)
    assert wide.shape == (2, 20, 3)
    assert np.all(wide[:, 12:] == 0)
    assert np.all(wide[:, :12, 0] > 0)
    assert np.array_equal(narrow, wide[:, :5])


def test_choosing_jets_takes_their_constituents_along() -> None:
    jets = cluster(spray([(600, 0.3, 0.0), (400, 0.0, 2.0), (300, 1.0, -2.0)], 0.1, 9), 0.8, 50.0)
    chosen = jets.take(np.array([2, 0]))
    assert chosen.pt.tolist() == jets.pt[[2, 0]].tolist()
    assert np.array_equal(chosen.padded(9), jets.padded(9)[[2, 0]])


def test_prongs_show_in_the_ratios() -> None:
    one = cluster(spray([(600, 0.0, 0.0)], 0.15, 60), 0.8, 50.0)
    two = cluster(spray([(300, 0.0, 0.0), (300, 0.0, 0.5)], 0.02, 30), 0.8, 50.0)
    three = cluster(spray([(200, 0.0, 0.0), (200, 0.0, 0.5), (200, 0.5, 0.25)], 0.02, 20), 0.8, 50.0)
    tau = {name: subjettiness(jets, 4, 0.8)[0] for name, jets in (("1", one), ("2", two), ("3", three))}
    assert tau["2"][1] / tau["2"][0] < 0.15 < 0.4 < tau["1"][1] / tau["1"][0]
    assert tau["3"][2] / tau["3"][1] < 0.2 < 0.4 < tau["2"][2] / tau["2"][1]


def test_subjettiness_by_hand() -> None:
    """Two particles of equal pT at a distance of 0.4: the axis lies between them, tau_1 = 0.2 / R, tau_2 = 0."""
    pt, eta, phi = np.full(2, 300.0), np.zeros(2), np.array([-0.2, 0.2])
    mass = np.sqrt(600.0**2 - (600.0 * np.cos(0.2)) ** 2)
    one = np.zeros(1, np.int64)
    jet = Jets(one, np.array([600 * np.cos(0.2)]), np.zeros(1), np.zeros(1), np.array([mass]), one + 2, pt, eta, phi)
    assert subjettiness(jet, 2, 0.8)[0] == pytest.approx([0.25, 0.0], abs=1e-6)
    assert subjettiness(jet, 1, 0.8, beta=2.0)[0] == pytest.approx([0.0625])
    with pytest.raises(ValueError, match="a jet has 2 constituents; tau_3 needs 3"):
        subjettiness(jet, 3, 0.8)


def test_no_jets_are_no_error() -> None:
    flow = Flow(3, np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))
    jets = cluster(flow, 0.8, 50.0)
    assert len(jets) == 0
    assert jets.padded(4).shape == (0, 4, 3)
    assert subjettiness(jets, 4, 0.8).shape == (0, 4)


def test_events_without_jets_between_others_keep_their_numbers() -> None:
    a, b = spray([(600, 0.3, 0.0)], 0.1, 10), spray([(500, 0.0, 1.0)], 0.1, 10, event=2)
    both = Flow(4, *(np.concatenate([getattr(one, name) for one in (a, b)]) for name in ("event", "pt", "eta", "phi")))
    assert cluster(both, 0.8, 100.0).event.tolist() == [0, 2]
