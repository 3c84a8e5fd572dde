"""Whether the bundled jets are what they say: masses, prongs, kinematics."""

from __future__ import annotations

import numpy as np
import pytest
from adbench_jets import Jets
from adbench_jets.card import ETA_MAX, PT_MAX, PT_MIN

from adbench.api import DatasetOptions, Events
from adbench.generation.clustering import Jets as Clustered
from adbench.generation.clustering import awkward_momenta


@pytest.fixture(scope="module")
def classes() -> dict[str, Events]:
    sample = Jets(DatasetOptions())
    return {
        "qcd": sample.background("qcd"),
        **{name: sample.signal("qcd", name) for name in sample.info.signals["qcd"]},
    }


def peak(values: np.ndarray, low: float, high: float, bins: int) -> float:
    counts, edges = np.histogram(values, bins, (low, high))
    at = int(np.argmax(np.convolve(counts, np.ones(3), "same")))
    return float(0.5 * (edges[at] + edges[at + 1]))


def clustered(events: Events) -> Clustered:
    """The stored constituents as the generator's tools take them."""
    present = events.present
    columns = (events.object(name)[present].astype(float) for name in ("pt", "eta_rel", "phi_rel"))
    n, zero = len(events), np.zeros(len(events))
    jet = (np.arange(n), events.feature("jet_pt"), zero, zero, events.feature("jet_mass"), present.sum(axis=1))
    return Clustered(*jet, *columns)


def test_the_top_mass_and_the_share_of_it(classes: dict[str, Events]) -> None:
    mass = classes["top"].feature("jet_mass")
    assert peak(mass, 100, 250, 75) == pytest.approx(173, abs=4)
    assert np.mean(np.abs(mass - 173) < 30) > 0.8


def test_the_w_is_inside_the_top(classes: dict[str, Events]) -> None:
    """Of three kT subjets one pair has the mass of the W more often than a mass beside it."""
    fastjet = pytest.importorskip(
        "fastjet", reason="fastjet of the extra [generate] is not installed; run make test-all"
    )
    ak = pytest.importorskip("awkward", reason="awkward of the extra [generate] is not installed; run make test-all")
    jets = clustered(classes["top"][:1500])
    momenta = awkward_momenta(jets.c_pt, jets.c_eta, jets.c_phi, jets.counts)
    axes = fastjet.ClusterSequence(momenta, fastjet.JetDefinition(fastjet.kt_algorithm, 1.0)).exclusive_jets(n_jets=3)
    p = np.stack([ak.to_numpy(ak.flatten(axes[name])).reshape(-1, 3) for name in ("px", "py", "pz", "E")], axis=2)
    pairs = np.stack([p[:, 0] + p[:, 1], p[:, 0] + p[:, 2], p[:, 1] + p[:, 2]], axis=1)
    masses = np.sqrt(np.maximum(pairs[:, :, 3] ** 2 - (pairs[:, :, :3] ** 2).sum(axis=2), 0))
    closest = masses[np.arange(len(masses)), np.argmin(np.abs(masses - 80.4), axis=1)]
    # near the W but not by the choice alone: the density at the W is above that beside it
    at, below, above = (np.mean(np.abs(closest - centre) < 6) for centre in (80.4, 62.0, 99.0))
    assert at > 2 * below
    assert at > 2 * above
    assert peak(masses.min(axis=1), 30, 130, 50) == pytest.approx(80, abs=8)


def test_the_dark_mesons_of_150_gev(classes: dict[str, Events]) -> None:
    assert peak(classes["zprime"].feature("jet_mass"), 80, 300, 55) == pytest.approx(150, abs=8)


def test_tops_have_three_prongs_dark_mesons_two_and_qcd_neither(classes: dict[str, Events]) -> None:
    pytest.importorskip("fastjet", reason="fastjet of the extra [generate] is not installed; run make test-all")
    from adbench.generation.subjettiness import subjettiness

    tau = {}
    for name in ("qcd", "top", "zprime"):
        events = classes[name][:800]
        tau[name] = subjettiness(clustered(events[events.feature("jet_multiplicity") >= 3]), 3, 0.8)
    ratio = {name: (np.median(t[:, 1] / t[:, 0]), np.median(t[:, 2] / t[:, 1])) for name, t in tau.items()}
    assert ratio["top"][1] < ratio["zprime"][1] < ratio["qcd"][1]
    assert ratio["zprime"][0] < ratio["top"][0] < ratio["qcd"][0]


def test_qcd_is_lighter_and_semivisible_jets_are_thinner(classes: dict[str, Events]) -> None:
    mass = {name: np.median(events.feature("jet_mass")) for name, events in classes.items()}
    number = {name: np.median(events.feature("jet_multiplicity")) for name, events in classes.items()}
    assert 55 < mass["qcd"] < 90
    assert mass["semivisible"] < mass["qcd"] < mass["zprime"]
    assert number["semivisible"] < number["qcd"] < number["top"]


def test_the_selection_holds_for_every_jet(classes: dict[str, Events]) -> None:
    for events in classes.values():
        pt, eta = events.aux["clustered_pt"], events.feature("jet_eta")
        assert PT_MIN - 0.01 <= pt.min() <= pt.max() <= PT_MAX + 0.01
        assert np.abs(eta).max() < ETA_MAX + 0.02


def test_azimuth_is_flat_and_constituents_are_around_the_axis(classes: dict[str, Events]) -> None:
    """A jet that was torn at phi = pi would have constituents at a distance of 2 pi."""
    events = classes["qcd"]
    phi = events.aux["jet_phi"]
    counts, _ = np.histogram(phi, 8, (-np.pi, np.pi))
    assert ((counts - counts.mean()) ** 2 / counts.mean()).sum() < 30  # chi2 of 7 degrees of freedom: p = 1e-4
    distance = np.hypot(events.object("eta_rel"), events.object("phi_rel"))
    assert np.quantile(distance[events.present], 0.99) < 0.8
    assert distance.max() < 1.6
    weighted = (events.object("pt") * events.object("phi_rel")).sum(axis=1) / events.feature("jet_pt")
    assert np.abs(weighted[events.aux["clustered_constituents"] <= 100]).max() < 0.05
