from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from adbench_baselines.cuts import EffectiveMassCut, MissingEnergyCut, ScalarSumCut

from adbench.api import DetectorError, Events, EventSchema, Kind, Quantity, RunContext
from adbench.testing import reference_data

PT, MET = Quantity("pt", "GeV"), Quantity("met", "GeV")
SCHEMA = EventSchema((PT,), (Kind("j", jet=True), Kind("b", jet=True), Kind("e-")), (MET,))
CUTS = {MissingEnergyCut: [10.0, 300.0], ScalarSumCut: [150.0, 70.0], EffectiveMassCut: [160.0, 370.0]}


@pytest.fixture
def two_events() -> Events:
    """A j b e- event with HT 150 GeV and a soft j e- one with large MET; 999 lies in an empty slot on purpose."""
    objects = [[[100.0], [50.0], [40.0]], [[70.0], [30.0], [999.0]]]
    return Events.build(SCHEMA, objects, [[1, 2, 3], [1, 3, 0]], [[10.0], [300.0]])


@pytest.mark.parametrize("cut", CUTS)
def test_observables_by_hand(cut, two_events):
    detector = cut()
    detector.fit(two_events, two_events, {})
    np.testing.assert_array_equal(detector.score(two_events), CUTS[cut])


def test_auc_by_hand():
    """Background MET 10, 20, 30, 40 against signal 25, 40, 50: 9 pairs won and one tied of 12."""
    detector = MissingEnergyCut()
    background, signal = ([[10.0], [20.0], [30.0], [40.0]], [[25.0], [40.0], [50.0]])
    b, s = (
        detector.score(Events.build(SCHEMA, np.zeros((len(met), 1, 1)), np.zeros((len(met), 1)), met))
        for met in (background, signal)
    )
    pairs = np.sign(s[:, None] - b[None, :])
    assert ((pairs > 0).sum() + 0.5 * (pairs == 0).sum()) / pairs.size == 9.5 / 12


@pytest.mark.parametrize("cut", CUTS)
def test_scores_follow_the_event_and_not_its_place(cut, toy):
    events, detector = toy(300, 1.0, 5), cut()
    together, order = detector.score(events), np.random.default_rng(0).permutation(300)
    np.testing.assert_array_equal(detector.score(events[order]), together[order])
    np.testing.assert_array_equal(np.concatenate([detector.score(events[:7]), detector.score(events[7:])]), together)
    np.testing.assert_allclose(detector.score(events.padded(20)), together, rtol=1e-6)


def test_lacking_observables_are_named():
    no_met = EventSchema((PT,), (Kind("h"),), (Quantity("tau1"),))
    no_pt = EventSchema((Quantity("x"),), (Kind("pixel"),), (MET,))
    jets = Events.build(no_met, np.zeros((3, 1, 1)), np.ones((3, 1)), np.zeros((3, 1)))
    pixels = Events.build(no_pt, np.zeros((3, 1, 1)), np.ones((3, 1)), np.zeros((3, 1)))
    with pytest.raises(DetectorError, match=r"event feature 'met' \(these events have: tau1\)"):
        MissingEnergyCut().fit(jets, jets, {})
    with pytest.raises(DetectorError, match=r"a jet \(these events have: h\)"):
        ScalarSumCut().fit(jets, jets, {})
    with pytest.raises(DetectorError, match=r"object feature 'pt' \(these objects have: x\)"):
        EffectiveMassCut().fit(pixels, pixels, {})
    with pytest.raises(DetectorError, match="event feature 'met'"):
        EffectiveMassCut().score(
            dataclasses.replace(jets, schema=EventSchema((PT,), (Kind("h", jet=True),), (Quantity("tau1"),)))
        )
    MissingEnergyCut().fit(pixels, pixels, {})


def test_saved_cut_scores_the_same(tmp_path: Path, two_events):
    assert MissingEnergyCut.can_save()
    MissingEnergyCut().save(tmp_path)
    again = MissingEnergyCut.load(tmp_path, None, RunContext())
    np.testing.assert_array_equal(again.score(two_events), [10.0, 300.0])


def test_met_separates_real_stops_from_background():
    """A plain MET cut is strong in channel 1: on real stop events its AUC is far above 0.8."""

    def scores(name: str) -> np.ndarray:
        lines = reference_data("darkmachines_events", name).read_text().splitlines()
        met = [[float(line.split(";")[3]) / 1000.0] for line in lines if line]
        return MissingEnergyCut().score(Events.build(SCHEMA, np.zeros((len(met), 1, 1)), np.zeros((len(met), 1)), met))

    background, signal = scores("background_chan1_7.79_reduced.csv"), scores("stlp_st1000_chan1.csv")
    assert np.searchsorted(np.sort(background), signal).mean() / len(background) > 0.85
