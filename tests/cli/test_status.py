from __future__ import annotations

import json
from pathlib import Path

import pytest

from adbench.cli import main
from adbench.runs.store import ResultsFolder

pytestmark = pytest.mark.usefixtures("toys")


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture
def results(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "results"
    detectors = ("-d", "toy_met", "-d", "toy_troubled")
    assert call("run", "--dataset", "toys", "--results", str(folder), "-c", "a", *detectors) == 1
    capfd.readouterr()
    return folder


def test_status_shows_the_newest_study(
    results: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert call("status", "--results", str(results)) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "study run: 1 failed, 1 ok"
    keys = {run.record.entry: run.record.key for run in ResultsFolder(results)}
    for entry, state in (("toy_met", "ok"), ("toy_troubled", "failed")):
        (line,) = [line for line in lines if entry in line]
        assert state in line
        assert keys[entry] in line
    assert "the loss is not finite in epoch 3" in "\n".join(lines)


def test_status_as_json(results: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert call("status", "run", "--results", str(results), "--format", "json") == 0
    states = {state["entry"]: state for state in json.loads(capfd.readouterr().out)}
    assert {entry: state["state"] for entry, state in states.items()} == {"toy_met": "ok", "toy_troubled": "failed"}
    assert states["toy_troubled"]["detail"] == "ValueError: the loss is not finite in epoch 3"
    assert states["toy_met"]["seconds"] > 0.0


def test_status_without_a_study_says_how_to_start_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert call("status", "--results", str(tmp_path)) == 3
    assert "Start one: adbench run --detector NAME --channel all" in capfd.readouterr().err


def test_an_unknown_study_is_answered_with_the_nearest(results: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert call("status", "ru", "--results", str(results)) == 2
    assert "no study 'ru'. Did you mean run?" in capfd.readouterr().err


def test_logs_prints_the_log_of_a_run(results: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (key,) = [run.record.key for run in ResultsFolder(results) if run.record.entry == "toy_troubled"]
    for name in (key, key[:10]):
        assert call("logs", name, "--results", str(results)) == 0
        log = capfd.readouterr().out
        assert log.startswith("about to fail\nTraceback")
        assert "ValueError: the loss is not finite" in log


def test_logs_of_an_unknown_or_unclear_run(results: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert call("logs", "zzzz", "--results", str(results)) == 2
    assert "no run 'zzzz'" in capfd.readouterr().err
    assert call("logs", "", "--results", str(results)) == 2
    assert "2 runs begin with ''" in capfd.readouterr().err
