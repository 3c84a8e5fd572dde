"""The bundled sample beside the challenge's own events of channel 1: spectra within stated distances.

The distance is Kolmogorov's, the largest difference of two cumulative distributions. 1,000 real lines alone make it
0.05 with a probability of 1 %; the rest of each bound is what leading order and a parametrised detector may cost. The
monojet is an analogue (card), so its bound is wider. Figures and reasons: docs/data.md.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import read_events
from adbench_darkmachines.opening import SAMPLE

from adbench.api import Events
from adbench.testing import reference_data

CHANNEL_1 = SAMPLE / "chan1"


def spectra(events: Events) -> dict[str, np.ndarray]:
    """MET, HT, pT of the first and fourth jet (GeV), and the number of leptons."""
    pt = -np.sort(-np.where(events.of_kind("j", "b"), events.object("pt"), 0.0), axis=1)
    return {
        "MET": events.feature("met"),
        "HT": pt.sum(axis=1),
        "leading jet": pt[:, 0],
        "fourth jet": pt[:, 3],
        "leptons": events.of_kind("e-", "e+", "m-", "m+").sum(axis=1),
    }


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Kolmogorov's distance of two samples."""
    at = np.sort(np.concatenate([a, b]))
    below = [np.searchsorted(np.sort(x), at, side="right") / len(x) for x in (a, b)]
    return float(np.abs(below[0] - below[1]).max())


def ours(name: str) -> dict[str, np.ndarray]:
    parts = sorted(Path(CHANNEL_1).glob(f"{name}*.csv.gz"))
    tables = [spectra(read_events(path)) for path in parts]
    return {key: np.concatenate([table[key] for table in tables]) for key in tables[0]}


@pytest.mark.parametrize(
    ("real", "sample", "bound"),
    [
        ("background_chan1_7.79_reduced", "background_chan1", 0.09),
        ("glgl1400_neutralino1100_chan1", "glgl1400_neutralino1100_chan1", 0.10),
        ("sqsq_sq1800_neut800_chan1", "sqsq_sq1800_neut800_chan1", 0.10),
        ("stlp_st1000_chan1", "stlp_st1000_chan1", 0.08),
        ("monojet_Zp2000.0_DM_50.0_chan1", "monojet_Zp2000.0_DM_50.0_chan1", 0.15),
    ],
)
def test_spectra_are_near_the_real_ones(real: str, sample: str, bound: float) -> None:
    expected = spectra(read_events(reference_data("darkmachines_events", f"{real}.csv")))
    found = ours(sample)
    apart = {name: distance(expected[name], found[name]) for name in expected}
    assert max(apart.values()) < bound, apart


# Cross-section after cuts in pb: weight times lines of the public file, object cuts not applied.
@pytest.mark.parametrize(("signal", "official"), [("glgl1400_neutralino1100", 3.35e-3), ("stlp_st1000", 9.34e-4)])
def test_rates_of_signals_are_near_the_official_ones(signal: str, official: float) -> None:
    listed = json.loads((SAMPLE / "manifest.json").read_text())["channels"]["1"]["signals"][signal]
    assert listed["cross_section_pb"] * listed["acceptance"] == pytest.approx(official, rel=0.25)
