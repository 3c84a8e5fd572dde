"""The reader on the challenge's own files: counts, shares and orders that were established on them independently."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import Report, read_events
from adbench_darkmachines.card import SCHEMA
from adbench_darkmachines.signals import SIGNALS

from adbench.api import Events
from adbench.testing import reference_data

BACKGROUND = "background_chan1_7.79_reduced.csv"


def real(name: str) -> Path:
    return reference_data("darkmachines_events", name)


def jets(events: Events) -> np.ndarray:
    return events.of_kind("j", "b")


def test_background_obeys_the_cuts_as_it_is() -> None:
    report = Report()
    events = read_events(real(BACKGROUND), report=report)
    assert (report.lines, report.kept, report.cut_objects, report.cut_events) == (1000, 1000, 0, 0)
    assert jets(events).sum() == 5271
    assert np.abs(events.object("eta")[jets(events)]).max() == pytest.approx(2.8, abs=0.005)
    assert events.object("pt")[events.of_kind("e-", "e+", "m-", "m+")].min() >= 15.0
    assert events.object("pt")[events.of_kind("g")].min() >= 20.0
    assert not report.unknown
    assert (events.aux["event_weight"] == 1.0).all()


def test_background_composition() -> None:
    events = read_events(real(BACKGROUND))
    shares = Counter(SCHEMA.processes[i] for i in events.aux["process"])
    assert {name: shares[name] for name in ("njets", "ttbar", "w_jets", "z_jets", "wtopbar")} == {
        "njets": 864,
        "ttbar": 58,
        "w_jets": 36,
        "z_jets": 15,
        "wtopbar": 10,
    }


def test_numbers_are_those_of_the_text() -> None:
    path = real(BACKGROUND)
    events = read_events(path, raw=True)
    for i, text in enumerate(path.read_text().splitlines()):
        fields = text.rstrip(";").split(";")
        listed = sorted((o.split(",") for o in fields[5:]), key=lambda o: -float(o[2]))
        expected = np.array(
            [[float(o[1]) / 1e3, float(o[2]) / 1e3, float(o[3]), float(o[4])] for o in listed], np.float32
        )
        np.testing.assert_array_equal(events.objects[i, : len(listed)], expected)
        assert [SCHEMA.kinds[k - 1].name for k in events.kinds[i, : len(listed)]] == [o[0] for o in listed]
        head = np.array([float(fields[3]) / 1e3, float(fields[4])], np.float32)
        np.testing.assert_array_equal(events.features[i], head)


# Signal events with a jet beyond |eta| = 2.8, and without four jets above 50 GeV inside it; counted with awk.
@pytest.mark.parametrize(
    ("signal", "forward", "three_jets"),
    [
        ("glgl1400_neutralino1100", 1192, 109),
        ("monojet_Zp2000.0_DM_50.0", 318, 119),
        ("sqsq_sq1800_neut800", 902, 209),
        ("stlp_st1000", 3300, 809),
    ],
)
def test_signal_files_break_the_object_cuts_until_they_are_applied(signal: str, forward: int, three_jets: int) -> None:
    path, report = real(f"{signal}_chan1.csv"), Report()
    raw = read_events(path, raw=True)
    assert len(raw) == SIGNALS[signal].events["1"]
    beyond = jets(raw) & (np.abs(raw.object("eta")) >= 2.8)
    assert beyond.any(axis=1).sum() == forward
    hard = jets(raw) & ~beyond & (raw.object("pt") > 50.0)
    assert (hard.sum(axis=1) < 4).sum() == three_jets

    cut = read_events(path, report=report)
    assert np.abs(cut.object("eta")[jets(cut)]).max() < 2.8
    assert ((jets(cut) & (cut.object("pt") > 50.0)).sum(axis=1) >= 4).all()
    assert len(cut) == report.kept == report.lines - report.cut_events
    assert report.cut_events >= three_jets
    kept = np.isin(raw.aux["row"], cut.aux["row"])
    np.testing.assert_array_equal(raw.features[kept], cut.features)


def test_channel_1_was_selected_in_m_eff_of_four_jets() -> None:
    """The cut that the paper does not name: nothing is below 0.2, something is at it, and MET/HT has no edge at 0.2."""
    m_eff, ht, lines = 1.0, 1.0, 0
    for path in sorted(real(".").glob("*_chan1*.csv")):
        events = read_events(path, raw=True)
        pt = np.where(jets(events), events.object("pt"), 0.0)
        met = events.feature("met").astype(np.float64)
        m_eff = min(m_eff, (met / (met + np.sort(pt, axis=1)[:, -4:].sum(axis=1))).min())
        ht = min(ht, (met / pt.sum(axis=1)).min())
        lines += len(events)
    assert lines == 17_937
    assert 0.2 - 1e-6 < m_eff < 0.2001
    assert ht > 0.216


def test_every_event_is_ordered_by_pt() -> None:
    for path in sorted(real(".").glob("*.csv")):
        pt = read_events(path, raw=True).object("pt")
        assert (np.diff(pt, axis=1) <= 0).all()


def test_channel_3_signal() -> None:
    events = read_events(real("monojet_Zp2000.0_DM_50.0_chan3_first3000.csv"), raw=True)
    assert len(events) == 3000
    assert len(np.unique(events.aux["source"])) == 3000  # its event ids are all the same
