from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from adbench.api import DatasetOptions
from adbench.executors.base import Quiet
from adbench.executors.local import LocalExecutor
from adbench.plugins import plugins
from adbench.registry import catalogue
from adbench.runs.heartbeat import read_pulse
from adbench.runs.launch import Outcome, launch
from adbench.runs.plan import make_plan, open_dataset
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice, Study
from adbench.runs.task import Task

pytestmark = pytest.mark.usefixtures("toys")


class Ear(Quiet):
    def __init__(self) -> None:
        self.heard: list[tuple[str, str, int, int]] = []

    def progressed(self, task: Task, phase: str, step: int, total: int, figures: dict[str, float]) -> None:
        self.heard.append((task.entry, phase, step, total))


def go(results: Path, *choices: DetectorChoice, jobs: int = 2, ear: Ear | None = None, **changes: object) -> Outcome:
    study = Study(detectors=choices, dataset="toys", **changes)  # type: ignore[arg-type]
    store = ResultsFolder(results)
    plan = make_plan(study, catalogue(), open_dataset(study, catalogue()), store)
    return launch(study, plan, store, LocalExecutor(jobs), ear or Ear(), plugins())


def test_runs_are_stored_with_scores_model_and_log(tmp_path: Path) -> None:
    ear = Ear()
    outcome = go(tmp_path, DetectorChoice("toy_met"), ear=ear, channels=("a",))
    (run,) = outcome.runs
    assert run.record.status == "ok"
    assert run.record.samples == {
        "validation": 200, "background": 400, "signal/bump_1": 500, "signal/bump_2": 500, "signal/shift": 500,
        "unlabelled": 50,
    }  # fmt: skip
    assert sorted(path.name for path in run.folder.iterdir()) == [
        "coordinates.npz", "log.txt", "model", "record.json", "scores.npz", "training.json",
    ]  # fmt: skip
    assert {"fit", "total"} <= set(run.record.timings)
    assert run.record.peak_memory_mb > 10
    assert ("toy_met", "fit", 3, 3) in ear.heard
    assert (tmp_path / "studies" / "study.yaml").exists()
    again = go(tmp_path, DetectorChoice("toy_met"), channels=("a",))
    assert (again.runs, again.cached) == ((), 1)


def test_a_run_that_dies_is_stored_and_the_others_go_on(tmp_path: Path) -> None:
    hows = ("raise", "exit", "kill", "memory")
    outcome = go(
        tmp_path,
        *(DetectorChoice("toy_troubled", overrides={"how": how}) for how in hows),
        DetectorChoice("toy_met"),
        DetectorChoice("toy_needy"),
        channels=("a",),
    )
    found = {run.record.entry: (run.record.status, run.record.reason) for run in outcome.runs}
    assert found == {
        "toy_troubled[how=raise]": ("failed", "ValueError: the loss is not finite in epoch 3"),
        "toy_troubled[how=exit]": ("failed", "its process ended with exit code 9"),
        "toy_troubled[how=kill]": ("killed", "ended by SIGKILL; the kernel does this when memory runs out"),
        "toy_troubled[how=memory]": ("out_of_memory", "the process ran out of memory"),
        "toy_met": ("ok", ""),
    }
    for run in outcome.runs:
        log = (run.folder / "log.txt").read_text()
        if run.record.status != "ok":
            assert log.startswith("about to fail")
        assert ("Traceback" in log) == (run.record.entry in ("toy_troubled[how=raise]", "toy_troubled[how=memory]"))
    needy = [run.record for run in ResultsFolder(tmp_path) if run.record.entry == "toy_needy"]
    assert [record.status for record in needy] == ["not_installed"]
    assert not list(tmp_path.rglob(".work-*"))


def test_seeds_and_workers_do_not_change_scores(tmp_path: Path) -> None:
    for name, jobs in (("one", 1), ("two", 2)):
        go(tmp_path / name, DetectorChoice("toy_met"), DetectorChoice("toy_density"), jobs=jobs)
    hashes = [
        {run.record.key: run.record.scores_sha256 for run in ResultsFolder(tmp_path / name)} for name in ("one", "two")
    ]
    assert len(hashes[0]) == 4
    assert hashes[0] == hashes[1]


def test_options_reach_the_process_that_runs(tmp_path: Path) -> None:
    (run,) = go(tmp_path, DetectorChoice("toy_met"), channels=("b",), options=DatasetOptions(options={"size": 77})).runs
    assert run.record.samples["background"] == 77


def test_folds_are_scored_out_of_fold(tmp_path: Path) -> None:
    options = DatasetOptions(split="k-folds", folds=4)
    (run,) = go(tmp_path, DetectorChoice("toy_met"), channels=("a",), options=options).runs
    assert run.record.identity.split == "k-folds(4)"
    with run.scores() as file:
        background = file.sample("background", "met")
        assert sorted(file.rows("background")) == list(range(400))
    assert 0.0 < background.scores.min() < background.scores.max() < 1.0
    assert np.bincount(background.folds).tolist() == [100] * 4  # type: ignore[arg-type]


def test_a_finished_run_is_told_to_plugins_and_a_broken_observer_ends_nothing(tmp_path: Path, install) -> None:  # type: ignore[no-untyped-def]
    source = """\
from adbench.api import hookimpl
@hookimpl
def adbench_run_finished(record):
    open({path!r}, "a").write(record["entry"])
    raise RuntimeError("observer broke")
""".format(path=str(tmp_path / "seen"))
    install("observer", "observer", "observer_plugin", source)
    outcome = go(tmp_path / "results", DetectorChoice("toy_met"), channels=("a",))
    assert outcome.statuses == {"ok": 1}
    assert (tmp_path / "seen").read_text() == "toy_met"
    assert sum("observer broke" in str(problem) for problem in plugins().problems) == 1


def command(results: Path, *more: str) -> list[str]:
    return [
        sys.executable, "-c", "from adbench.cli import main; main()", "run", "-d", "toy_met", "--dataset", "toys",
        "--set", "seconds=0.15", "--seeds", "0:2", "--results", str(results), "--jobs", "2", *more,
    ]  # fmt: skip


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def hashes(results: Path) -> dict[str, str]:
    return {run.record.key: run.record.scores_sha256 for run in ResultsFolder(results)}


@pytest.mark.parametrize("delay", [0.6, 1.3])
def test_kill_9_at_any_moment_loses_nothing_that_the_same_command_does_not_bring_back(
    tmp_path: Path, delay: float
) -> None:
    go(tmp_path / "undisturbed", DetectorChoice("toy_met", overrides={"seconds": 0.15}), seeds=(0, 1))
    started = subprocess.Popen(
        command(tmp_path / "killed"), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(delay)
    started.kill()
    started.wait()
    subprocess.run(command(tmp_path / "killed"), env=environment(), check=True, capture_output=True)
    assert hashes(tmp_path / "killed") == hashes(tmp_path / "undisturbed")
    assert len(hashes(tmp_path / "killed")) == 4


def test_runs_die_with_the_process_that_launched_them(tmp_path: Path) -> None:
    started = subprocess.Popen(
        [*command(tmp_path), "--set", "epochs=1000"],
        env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _wait_for(lambda: len(list(tmp_path.glob("*/*/*/.work-*"))) == 2)
    _wait_for(lambda: all(read_pulse(path).process for path in tmp_path.glob("*/*/*/.work-*")))
    children = [read_pulse(path).process for path in tmp_path.glob("*/*/*/.work-*")]
    started.kill()
    started.wait()
    _wait_for(lambda: not any(_running(child) for child in children))


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_continue(tmp_path: Path) -> None:
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in a shell's background ignores it
    started = subprocess.Popen(
        [*command(tmp_path), "--set", "epochs=1000"],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, ours)
    _wait_for(lambda: len(list(tmp_path.glob("*/*/*/.work-*"))) == 2)
    started.send_signal(signal.SIGINT)
    output, _ = started.communicate(timeout=30)
    assert started.returncode == 130
    assert "interrupted   0 of 4 runs stored" in output
    assert "the same command continues" in output
    assert "Traceback" not in output
    assert not list(tmp_path.glob("*/*/*/.work-*"))


def _wait_for(condition, seconds: float = 30.0) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def _running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
