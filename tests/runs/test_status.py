from __future__ import annotations

import dataclasses
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from adbench.api.errors import DataError, UnknownNameError
from adbench.registry import catalogue
from adbench.runs.heartbeat import Pulse, write_pulse
from adbench.runs.launch import Outcome
from adbench.runs.plan import make_plan, open_dataset
from adbench.runs.status import read_status, studies, write_plan
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice, Study


def test_every_state_is_told_from_files_alone(tmp_path: Path, go: Callable[..., Outcome]) -> None:
    store = ResultsFolder(tmp_path)
    go(tmp_path, DetectorChoice("toy_met"), DetectorChoice("toy_troubled"), DetectorChoice("toy_needy"))
    study = Study(
        detectors=tuple(
            DetectorChoice(f"toy_{name}") for name in ("met", "troubled", "needy", "density", "prior", "picky")
        ),
        dataset="toys",
        channels=("a",),
        name="all",
    )
    plan = make_plan(study, catalogue(), open_dataset(study, catalogue()), store)
    write_plan(plan, tmp_path / "studies" / "all.plan.json")
    found = {run.spec.name: run.identity for run in plan}
    running = store.claim(found["toy_density"]).work
    write_pulse(running, "fit", 3, 10, loss=0.125)
    lost = store.claim(found["toy_prior"]).work
    dead = dataclasses.asdict(Pulse(socket.gethostname(), 2**22 + 1, 0, 0.0, "score"))
    (lost / "heartbeat.json").write_text(json.dumps(dead))
    (store.folder(found["toy_met"]) / "record.json").write_text("{")
    states = {state.entry: (state.state, state.detail) for state in read_status(store, "all")}
    assert states["toy_density"] == ("running", "fit  3/10  loss 0.125")
    assert states["toy_prior"] == ("lost", "its process died in phase score")
    assert states["toy_troubled"] == ("failed", "ValueError: the loss is not finite in epoch 3")
    assert states["toy_picky"] == ("waiting", "")
    assert states["toy_needy"][0] == "not_installed"
    assert states["toy_met"][0] == "damaged"
    assert studies(store)[0] == "all"


def test_unknown_and_damaged_studies_are_named(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "run.plan.json").write_text('[{"entry": "x"}]')
    with pytest.raises(UnknownNameError, match=r"no study 'rum'. Did you mean run"):
        read_status(ResultsFolder(tmp_path), "rum")
    with pytest.raises(DataError, match=r"run.plan.json: damaged plan .*; run the study again"):
        read_status(ResultsFolder(tmp_path), "run")
