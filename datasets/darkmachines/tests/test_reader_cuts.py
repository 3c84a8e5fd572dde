"""Object and channel cuts as the reader applies them, against events computed by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import Report, read_events

Line = Callable[..., str]
Csv = Callable[..., Path]

FOUR = (("j", 300.0, 0.5), ("b", 200.0, -1.0), ("j", 120.0, 0.0))


@pytest.mark.parametrize(
    ("fourth", "passes"),
    [
        (("j", 80.0, 2.79), True),
        (("j", 80.0, 2.81), False),  # outside the acceptance: three jets are left
        (("j", 50.0, 0.0), False),  # not above 50 GeV
        (("b", 50.1, -2.7), True),
        (("g", 80.0, 0.0), False),  # no jet
    ],
)
def test_four_jets_inside_the_acceptance(line: Line, csv: Csv, fourth: tuple[str, float, float], passes: bool) -> None:
    path, report = csv([line(), line([*FOUR, fourth])]), Report()
    events = read_events(path, report=report)
    assert events.aux["row"].tolist() == ([1, 2] if passes else [1])
    assert report.cut_events == (0 if passes else 1)
    assert len(read_events(path, raw=True)) == 2


def test_objects_outside_the_acceptance_are_removed_unless_raw(line: Line, csv: Csv) -> None:
    outside = [("j", 500.0, 3.1), ("j", 19.9, 0.0), ("e-", 15.0, 0.0), ("m+", 30.0, 2.71), ("g", 25.0, 2.4)]
    inside = [("e-", 15.1, 0.0), ("m+", 30.0, 2.69), ("g", 25.0, 2.3), ("b", 20.1, 2.75)]
    path, report = csv([line([*FOUR, ("j", 80.0, 0.0), *outside, *inside])]), Report()
    events = read_events(path, report=report)
    assert report.cut_objects == 5
    np.testing.assert_allclose(
        events.object("pt")[0, :9], [300.0, 200.0, 120.0, 80.0, 30.0, 25.0, 20.1, 15.1, 0.0], rtol=1e-6
    )
    assert events.kinds[0, :9].tolist() == [1, 2, 1, 1, 6, 7, 2, 3, 0]
    raw = read_events(path, raw=True)
    assert raw.present.sum() == 13
    np.testing.assert_allclose(raw.object("pt")[0, :3], [500.0, 300.0, 200.0], rtol=1e-6)


def test_forward_jet_neither_saves_nor_spoils_a_channel_3_event(line: Line, csv: Csv) -> None:
    forward = ("j", 400.0, -4.0)
    lines = [
        line([("j", 400.0, 0.0), ("b", 250.0, 1.0), forward], met=101.0),  # HT 650
        line([("j", 400.0, 0.0), ("b", 150.0, 1.0), forward], met=101.0),  # HT 550, 950 with the forward jet
        line([("j", 400.0, 0.0), ("b", 250.0, 1.0)], met=100.0),  # MET is not above 100
    ]
    assert read_events(csv(lines, "x_chan3.csv")).aux["row"].tolist() == [1]


def test_leptons_of_channels_2(line: Line, csv: Csv) -> None:
    leptons = [("e-", 40.0, 0.0), ("mu+", 20.0, 0.0), ("m-", 15.2, 1.0)]
    soft = [("e-", 40.0, 0.0), ("mu+", 20.0, 0.0), ("m-", 14.8, 1.0)]
    lines = [line(leptons, met=50.0), line(soft, met=50.0), line([*soft, ("j", 50.0, 0.0)], met=50.0)]
    assert read_events(csv(lines, "x_chan2a.csv")).aux["row"].tolist() == [1]
    assert read_events(csv(lines, "x_chan2b.csv")).aux["row"].tolist() == [3]
