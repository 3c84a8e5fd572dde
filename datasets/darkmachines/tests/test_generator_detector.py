from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from adbench_darkmachines.generator import calorimeter, jets, leptons
from adbench_darkmachines.generator.particles import Particles, charge, last_heavy_hadrons
from adbench_darkmachines.generator.propagation import impact_phi

from adbench.generation.kinematics import delta_r, pairs, wrap_phi
from adbench.generation.smearing import log_normal


def batch(
    *listed: tuple[int, int, float, float, float],
    n_events: int = 1,
    hadrons: tuple[tuple[int, int, float, float], ...] = (),
) -> Particles:
    """Massless particles (event, pdg, pT, eta, phi) and heavy hadrons (event, flavour, eta, phi)."""
    event, pdg, pt, eta, phi = (np.array(column) for column in zip(*listed, strict=True))
    heavy = np.array(hadrons, dtype=float).reshape(-1, 4)
    return Particles(
        n_events=n_events,
        event=event,
        pdg=pdg,
        pt=pt.astype(float),
        eta=eta.astype(float),
        phi=phi.astype(float),
        e=pt * np.cosh(eta),
        hadron_event=heavy[:, 0].astype(int),
        hadron_flavour=heavy[:, 1].astype(int),
        hadron_eta=heavy[:, 2],
        hadron_phi=heavy[:, 3],
    )


def test_charges() -> None:
    codes = np.array([11, -11, 13, -13, 22, 211, -211, 321, -321, 2212, -2212, 130, 2112, -2112])
    assert charge(codes).tolist() == [-1, 1, -1, 1, 0, 1, -1, 1, -1, 1, -1, 0, 0, 0]


def test_azimuth_is_periodic() -> None:
    assert delta_r(np.zeros(1), np.array([3.1]), np.zeros(1), np.array([-3.1]))[0] == pytest.approx(2 * np.pi - 6.2)
    assert wrap_phi(np.array([np.pi + 0.1, -np.pi - 0.1])) == pytest.approx([0.1 - np.pi, np.pi - 0.1])


def test_pairs_equal_a_double_loop() -> None:
    rng = np.random.default_rng(1)
    a, b = np.sort(rng.integers(0, 7, 20)), np.sort(rng.integers(0, 7, 15))
    i, j = pairs(a, b, 7)
    found = set(zip(i.tolist(), j.tolist(), strict=True))
    assert len(found) == len(i)
    assert found == {(x, y) for x in range(20) for y in range(15) if a[x] == b[y]}


def test_last_b_hadron_of_a_chain() -> None:
    # B*0 -> B0 -> D- -> K+ (a strange meson) and an unrelated pion; a neutralino is not a hadron.
    pdg = np.array([513, 511, -411, 321, 211, 1000522])
    mother = np.array([0, 0, 1, 2, 0, 0])
    assert last_heavy_hadrons(pdg, mother, 5).tolist() == [False, True, False, False, False, False]
    assert last_heavy_hadrons(pdg, mother, 4).tolist() == [False, False, True, False, False, False]


def test_bend_equals_a_stepwise_integration() -> None:
    pt, steps = 1.2, 200_000
    kappa = 0.3 * 2.0 / pt  # turning of the direction per metre of transverse path, B = 2 T
    length = 1.3
    direction = -kappa * (np.arange(steps) + 0.5) * length / steps  # a positive charge turns clockwise
    x, y = np.cumsum(np.cos(direction)) * length / steps, np.cumsum(np.sin(direction)) * length / steps
    at_face = np.argmin(np.abs(np.hypot(x, y) - 1.15))
    phi, arrives = impact_phi(np.array([pt]), np.zeros(1), np.zeros(1), np.ones(1))
    assert arrives[0]
    assert phi[0] == pytest.approx(np.arctan2(y[at_face], x[at_face]), abs=1e-4)


def test_slow_tracks_curl_up_and_neutrals_fly_straight() -> None:
    pt = np.array([0.344, 0.346, 0.1, 5.0])
    phi, arrives = impact_phi(pt, np.zeros(4), np.full(4, 0.5), np.array([1, 1, 0, -1]))
    assert arrives.tolist() == [False, True, True, True]
    assert phi[2] == 0.5
    assert phi[3] > 0.5
    # In the forward direction the track leaves through the end cap, at 3.51 m / sinh(3) = 0.35 m from the beam.
    _, forward = impact_phi(np.array([0.12]), np.array([3.0]), np.zeros(1), np.ones(1))
    assert forward[0]


def test_log_normal_has_the_asked_mean_and_width() -> None:
    drawn = log_normal(np.full(400_000, 20.0), np.full(400_000, 6.0), np.random.default_rng(2))
    assert drawn.min() > 0.0
    assert drawn.mean() == pytest.approx(20.0, abs=4 * 6.0 / 400_000**0.5)
    assert drawn.std() == pytest.approx(6.0, rel=0.01)


def test_calorimeter_resolutions_of_the_card() -> None:
    e = np.array([100.0])
    barrel, middle, forward = np.array([0.5]), np.array([2.0]), np.array([4.0])
    assert calorimeter.ecal_sigma(e, barrel)[0] == pytest.approx(1.0242, abs=1e-3)  # sqrt(0.17^2 + 1.01^2)
    assert calorimeter.ecal_sigma(e, forward)[0] == pytest.approx(4.5144, abs=1e-3)  # sqrt(3.5^2 + 2.85^2)
    assert calorimeter.hcal_sigma(e, barrel)[0] == pytest.approx(6.2249, abs=1e-3)
    assert calorimeter.hcal_sigma(e, middle)[0] == pytest.approx(8.6508, abs=1e-3)
    assert calorimeter.hcal_sigma(e, forward)[0] == pytest.approx(13.7380, abs=1e-3)


def test_towers_keep_the_energy_and_its_resolution() -> None:
    n = 3000
    hadrons = batch(*[(k, 2112, 60.0, 0.8, 1.0) for k in range(n)], n_events=n)
    found = calorimeter.towers(hadrons, np.random.default_rng(3))
    truth = 60.0 * np.cosh(0.8)
    width = calorimeter.hcal_sigma(np.array([truth]), np.array([0.8]))[0]
    assert len(found.e) == n
    assert found.e.mean() == pytest.approx(truth, abs=4 * width / n**0.5)
    assert found.e.std() == pytest.approx(width, rel=0.05)
    assert np.abs(found.eta - 0.8).max() <= 0.1
    assert np.abs(found.phi - 1.0).max() <= np.pi / 18


def test_towers_see_no_muon_nothing_beyond_4_9_and_no_curling_track() -> None:
    silent = batch((0, 13, 80.0, 0.0, 0.0), (0, 22, 30.0, 5.0, 0.0), (0, 211, 0.3, 0.0, 1.0))
    rng = np.random.default_rng(4)
    for _ in range(20):
        assert len(calorimeter.towers(silent, rng).e) == 0


def test_two_particles_share_a_tower() -> None:
    both = batch((0, 130, 40.0, 0.051, 0.01), (0, 130, 50.0, 0.052, 0.02), (0, 22, 25.0, 0.051, 0.01))
    found = calorimeter.towers(both, np.random.default_rng(5))
    assert len(found.e) == 2  # one hadronic, one electromagnetic


def test_lepton_efficiencies_of_the_card() -> None:
    pdg = np.array([11, -11, 11, 11, 13, -13, 13, 22, 22, 11, 13, 22])
    pt = np.array([50, 150, 50, 150, 50, 50, 9.9, 50, 50, 50, 50, 50.0])
    eta = np.array([1.0, -1.0, 2.0, 2.0, 0.0, 2.6, 0.0, 1.0, 2.0, 2.6, 2.8, 2.6])
    expected = [
        0.95 * 0.95, 0.99 * 0.95, 0.83 * 0.85, 0.90 * 0.85, 0.99 * 0.95, 0.98 * 0.85, 0, 0.95, 0.85, 0, 0, 0,
    ]  # fmt: skip
    assert leptons.efficiency(pdg, pt, eta) == pytest.approx(expected)


def test_lepton_resolutions_of_the_card() -> None:
    pdg, pt, eta = np.array([11, 11, 13, 13, 22]), np.full(5, 100.0), np.array([0.1, 1.0, 0.1, 2.0, 0.0])
    expected = [0.1334, 0.1772, 0.01414, 0.04301, 0.010242]
    assert leptons.relative_resolution(pdg, pt, eta, pt * np.cosh(eta)) == pytest.approx(expected, rel=1e-3)


def test_reconstructed_muons_have_that_width_and_efficiency() -> None:
    n = 20_000
    muons = batch(*[(k, -13, 100.0, 0.1, 0.3) for k in range(n)], n_events=n)
    found = leptons.reconstruct_leptons(muons, np.random.default_rng(6))
    assert len(found.pt) / n == pytest.approx(0.99 * 0.95, abs=0.01)
    assert found.pt.std() / 100.0 == pytest.approx(0.01414, rel=0.04)
    assert set(found.pdg.tolist()) == {-13}


@pytest.mark.parametrize(
    ("pdg", "neighbour", "distance", "isolated"),
    [
        (11, 4.0, 0.3, True),  # 8 % of 50 GeV
        (11, 8.0, 0.3, False),  # 16 %
        (13, 8.0, 0.3, True),
        (13, 15.0, 0.3, False),
        (22, 8.0, 0.3, False),
        (13, 15.0, 0.6, True),  # outside the cone
        (13, 0.4, 0.1, True),
    ],
)
def test_isolation(pdg: int, neighbour: float, distance: float, isolated: bool) -> None:
    n = 400
    listed = []
    for k in range(n):  # the cone crosses phi = pi
        listed += [(k, pdg, 50.0, 0.2, 3.1), (k, 211, neighbour, 0.2, float(wrap_phi(np.array(3.1 + distance))))]
    found = leptons.reconstruct_leptons(batch(*listed, n_events=n), np.random.default_rng(7))
    assert (len(found.pt) > 0.8 * n) is isolated
    assert isolated or len(found.pt) < 0.1 * n


def test_leptons_do_not_spoil_each_other_and_other_events_do_not_count() -> None:
    close = batch((0, 11, 50.0, 0.0, 0.0), (0, -11, 40.0, 0.1, 0.1), (1, 211, 30.0, 0.0, 0.0), n_events=2)
    assert leptons.cone_sum(close, np.array([0, 1])).tolist() == [0.0, 0.0]
    together = replace(close, event=np.array([0, 0, 0]))
    assert leptons.cone_sum(together, np.array([0, 1])).tolist() == [30.0, 30.0]


def test_b_tag_curve() -> None:
    pt, zero = np.array([20.0, 50.0, 100.0, 300.0]), np.zeros(4)
    tanh = [0.0599281, 0.148885, 0.2913126, 0.7162979]  # of 0.003 pT
    b = [0.8 * t * 30.0 / (1.0 + 0.086 * x) for t, x in zip(tanh, pt, strict=True)]
    assert jets.tag_probability(np.full(4, 5), pt, zero) == pytest.approx(b, rel=1e-5)
    assert jets.tag_probability(np.full(4, 4), pt, zero)[2] == pytest.approx(0.2 * 0.964028 / 1.34, rel=1e-5)
    assert jets.tag_probability(np.zeros(4), pt, zero)[2] == pytest.approx(0.00273)
    assert not jets.tag_probability(np.full(4, 5), pt, np.full(4, -2.5)).any()


def test_energy_scale() -> None:
    assert jets.energy_scale(np.array([100.0]), np.array([0.0]))[0] == pytest.approx(1.09**0.5)
    assert jets.energy_scale(np.array([36.0]), np.array([-5.0]))[0] == pytest.approx((4 / 36 + 1) ** 0.5)


def test_jet_flavour_prefers_b_and_knows_its_event() -> None:
    particles = batch(
        (0, 211, 1.0, 0.0, 0.0),
        n_events=2,
        hadrons=((0, 4, 0.1, 3.1), (0, 5, 0.2, -3.1), (0, 4, 1.0, 0.0), (1, 5, 1.0, 0.0)),
    )
    listed = jets.Jets(
        event=np.array([0, 0, 1]), pt=np.full(3, 50.0), eta=np.array([0.0, 1.2, 0.0]), phi=np.array([3.14, 0.1, 3.14]),
        e=np.full(3, 60.0), tagged=np.zeros(3, dtype=bool),
    )  # fmt: skip
    assert jets.jet_flavour(listed, particles).tolist() == [5, 4, 0]


def test_rotated_copy_keeps_angles_between_particles() -> None:
    original = batch((0, 211, 9.0, 0.5, 3.0), (0, 211, 9.0, -0.7, -3.0), hadrons=((0, 5, 0.5, 3.0),))
    turned = original.rotated(np.array([2.5]), np.array([True]))
    before = delta_r(original.eta[:1], original.phi[:1], original.eta[1:], original.phi[1:])
    after = delta_r(turned.eta[:1], turned.phi[:1], turned.eta[1:], turned.phi[1:])
    assert after == pytest.approx(before)
    assert turned.eta.tolist() == [-0.5, 0.7]
    assert (turned.hadron_eta[0], turned.hadron_phi[0]) == (turned.eta[0], turned.phi[0])


@pytest.mark.usefixtures("generator_extra")
def test_anti_kt_on_a_hand_event() -> None:
    # Two towers 0.3 apart merge, a soft one 0.2 away is absorbed, 0.6 away stays alone; 19 GeV is too soft.
    pt = np.array([100.0, 60.0, 1.0, 30.0, 19.0])
    eta = np.array([0.0, 0.3, -0.2, 0.9, -2.0])
    phi = np.array([3.1, 3.1, 3.1, 3.1, 0.0])
    event = np.array([1, 1, 1, 1, 1])
    found = jets.cluster(calorimeter.Towers(event, eta, phi, pt * np.cosh(eta)), n_events=3)
    assert found.event.tolist() == [1, 1]
    order = np.argsort(-found.pt)
    assert found.pt[order] == pytest.approx([161.0, 30.0], rel=1e-6)
    merged = pt[:3] / pt[:3].sum()
    assert found.eta[order[0]] == pytest.approx(np.arcsinh((merged * np.sinh(eta[:3])).sum()), rel=1e-6)
