"""What runs are expected to take: from those most like them, and the shortest first."""

from __future__ import annotations

from pathlib import Path

import pytest

from adbench.registry import catalogue
from adbench.runs.forecast import forecast, shortest_first
from adbench.runs.key import RunIdentity
from adbench.runs.plan import PlannedRun, make_plan, open_dataset
from adbench.runs.record import Record
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice, Study

pytestmark = pytest.mark.usefixtures("toys")


def plan(tmp_path: Path, *choices: DetectorChoice) -> list[PlannedRun]:
    study = Study(detectors=choices, dataset="toys")
    return make_plan(study, catalogue(), open_dataset(study, catalogue()), ResultsFolder(tmp_path))


def took(identity: RunIdentity, seconds: float, status: str = "ok") -> Record:
    return Record(identity.key, identity, status, "", "x", timings={"total": seconds})  # type: ignore[arg-type]


def test_the_most_alike_runs_decide(tmp_path: Path) -> None:
    here, there = plan(tmp_path, DetectorChoice("toy_met"))
    assert forecast([here, there], []) == {}
    other = plan(tmp_path, DetectorChoice("toy_met", overrides={"power": 2.0}))[0]
    records = [took(other.identity, 100.0)]
    assert forecast([here, there], records) == {here.identity.key: 100.0, there.identity.key: 100.0}
    records += [took(here.identity, seconds) for seconds in (1.0, 2.0, 9.0)]
    assert forecast([here, there], records) == {here.identity.key: 2.0, there.identity.key: 2.0}
    records += [took(there.identity, 5.0)]
    assert forecast([here, there], records) == {here.identity.key: 2.0, there.identity.key: 5.0}


def test_failures_tell_nothing(tmp_path: Path) -> None:
    (run, _) = plan(tmp_path, DetectorChoice("toy_met"))
    assert forecast([run], [took(run.identity, 3.0, "timeout")]) == {}


def test_the_shortest_come_first_and_unknown_ones_last(tmp_path: Path) -> None:
    runs = plan(tmp_path, DetectorChoice("toy_density"), DetectorChoice("toy_met"))
    assert shortest_first(runs, {}) == runs
    keys = [run.identity.key for run in runs]
    assert shortest_first(runs, {keys[3]: 1.0, keys[2]: 2.0}) == [runs[3], runs[2], runs[0], runs[1]]
