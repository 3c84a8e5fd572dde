"""Whether the bundled events are what they say: masses, prongs, the resonance, the hidden one."""

from __future__ import annotations

import numpy as np
import pytest
from adbench_lhco import Lhco
from adbench_lhco.card import ETA_MAX, PT_LEAD, PT_SECOND, SIGNALS

from adbench.api import DatasetOptions, Events
from adbench.api.observables import delta_phi


@pytest.fixture(scope="module")
def samples() -> dict[str, Events]:
    lhco = Lhco(DatasetOptions())
    return {"qcd": lhco.background("bb1"), **{name: lhco.signal("bb1", name) for name in SIGNALS}}


def peak(values: np.ndarray, low: float, high: float, bins: int) -> float:
    counts, edges = np.histogram(values, bins, (low, high))
    at = int(np.argmax(np.convolve(counts, np.ones(3), "same")))
    return float(0.5 * (edges[at] + edges[at + 1]))


@pytest.mark.parametrize("name", SIGNALS)
def test_masses_of_the_jets_and_of_the_resonance(samples: dict[str, Events], name: str) -> None:
    resonance, x, y = SIGNALS[name]
    events = samples[name]
    assert peak(events.feature("mass_1"), 50, 700, 65) == pytest.approx(x, rel=0.04)
    assert peak(events.feature("mass_2"), 50, 700, 65) == pytest.approx(y, rel=0.10)
    # decays that leave the jets make a tail below the resonance, least for the light and fast ones
    assert peak(events.aux["m_jj"], 2000, 6000, 80) == pytest.approx(resonance, rel=0.04)


def test_the_background_falls_and_has_no_peak_of_a_jet(samples: dict[str, Events]) -> None:
    m_jj = samples["qcd"].aux["m_jj"]
    counts, _ = np.histogram(m_jj, [2800, 3200, 3600, 4000, 4500, 5000, 6000])
    assert np.all(np.diff(counts) < 0)
    assert 120 < np.median(samples["qcd"].feature("mass_1")) < 260
    assert np.median(samples["qcd"].feature("mass_2")) < 140


def test_prongs(samples: dict[str, Events]) -> None:
    tau21, tau32 = ({name: np.median(e.feature(f)) for name, e in samples.items()} for f in ("tau21_1", "tau32_1"))
    assert max(tau21[name] for name in SIGNALS) < 0.7 * tau21["qcd"]
    assert tau32["zprime_5000_500_500"] < tau32["wprime_3500_500_100"] < tau32["qcd"]
    assert np.median(samples["zprime_5000_500_500"].feature("n_1")) > np.median(samples["qcd"].feature("n_1"))


def test_observables_are_in_their_ranges(samples: dict[str, Events]) -> None:
    for events in samples.values():
        assert np.all(np.isfinite(events.features))
        assert np.all(events.feature("mass_1") >= events.feature("mass_2") - 0.02)
        assert events.feature("mass_2").min() > 0
        for name in ("tau21", "tau32", "tau43"):
            for jet in (1, 2):
                ratio = events.feature(f"{name}_{jet}")
                assert ratio.min() >= 0
                assert np.quantile(ratio, 0.99) < 1.3  # above 1 where more kT axes fit worse
        # by Cauchy and Schwarz the root of the mean square is at least the mean
        assert min(events.feature("width_1").min(), events.feature("width_2").min()) > 0.999
        assert min(events.feature("n_1").min(), events.feature("n_2").min()) >= 4


def test_the_selection_and_the_mass_of_the_pair(samples: dict[str, Events]) -> None:
    for events in samples.values():
        a = {name: events.aux[f"{name}_1"].astype(float) for name in ("pt", "eta", "phi")}
        b = {name: events.aux[f"{name}_2"].astype(float) for name in ("pt", "eta", "phi")}
        assert np.maximum(a["pt"], b["pt"]).min() > PT_LEAD - 0.06
        assert np.minimum(a["pt"], b["pt"]).min() > PT_SECOND - 0.06
        assert max(np.abs(a["eta"]).max(), np.abs(b["eta"]).max()) < ETA_MAX + 1e-3
        momenta = []
        for jet, mass in ((a, events.feature("mass_1")), (b, events.feature("mass_2"))):
            pt, eta, phi = jet["pt"], jet["eta"], jet["phi"]
            p = np.stack([pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)])
            momenta.append(np.vstack([np.sqrt((p**2).sum(axis=0) + mass**2), p]))
        total = momenta[0] + momenta[1]
        m_jj = np.sqrt(total[0] ** 2 - (total[1:] ** 2).sum(axis=0))
        assert m_jj == pytest.approx(events.aux["m_jj"], rel=2e-3)


def test_azimuth_is_periodic_flat_and_back_to_back(samples: dict[str, Events]) -> None:
    events = samples["qcd"]
    phi = events.aux["phi_1"]
    counts, _ = np.histogram(phi, 8, (-np.pi, np.pi))
    assert ((counts - counts.mean()) ** 2 / counts.mean()).sum() < 30  # chi2 of 7 degrees of freedom: p = 1e-4
    opening = np.abs(delta_phi(phi, events.aux["phi_2"]))
    assert np.median(opening) > 3.0


def test_the_box_looks_like_the_background_but_not_exactly() -> None:
    """Other shower settings move multiplicities a little; nothing that a detector may use as a label."""
    lhco = Lhco(DatasetOptions())
    background, box = lhco.background("bb2"), lhco.unlabelled("bb2")
    assert box is not None
    for name in ("mass_1", "mass_2", "tau21_1", "n_1"):
        assert np.median(box.feature(name)) == pytest.approx(np.median(background.feature(name)), rel=0.10)


def test_the_hidden_resonance() -> None:
    lhco = Lhco(DatasetOptions())
    box = lhco.unlabelled("bb1")
    assert box is not None
    hidden = box[lhco.key("bb1") == 1]
    assert np.median(hidden.feature("tau21_1")) < 0.3
    mass = hidden.feature("mass_1")
    assert np.mean(np.abs(mass - 378) < 25) + np.mean(np.abs(mass - 732) < 40) > 0.4
    m_jj = hidden.aux["m_jj"]
    assert np.quantile(m_jj, 0.95) == pytest.approx(3800, rel=0.05)  # edge: decays of 732 GeV often leave the jet
