"""What is kept when a run, a study or a machine dies, and what the same command makes of it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adbench.runs.heartbeat import read_pulse
from adbench.runs.launch import Outcome
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice

PLUGIN = '''
import dataclasses, hashlib, time
from pathlib import Path
from adbench.api import DataError, DatasetSpec, DetectorSpec, hookimpl
from adbench.testing.toys import Met, ToyDataset

HERE = Path({here!r})

class Traced(Met):
    """Notes every training; does while scoring what files beside it ask for."""

    def fit(self, train, validation, priors):
        with (HERE / "fits").open("a") as file:
            file.write(f"{{self.context.seed}}\\n")
        super().fit(train, validation, priors)
        if (HERE / "spoil").exists():
            (HERE / "events").write_text("other")

    def score(self, events):
        while (HERE / "slow").exists():
            time.sleep(0.05)
        if (HERE / "broken").exists():
            raise RuntimeError("no score today")
        return super().score(events)

class Filed(ToyDataset):
    """The toys, with a file that has to be there and stay as it is."""

    @property
    def info(self):
        return dataclasses.replace(super().info, name="filed")

    def fingerprint(self, channel):
        try:
            return hashlib.sha256((HERE / "events").read_bytes()).hexdigest()
        except OSError as error:
            raise DataError(f"cannot read {{HERE / 'events'}}: {{error.strerror}}") from error

@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="traced", target=__name__ + ":Traced", scores=("met", "noisy"))]

@hookimpl
def adbench_datasets():
    return [DatasetSpec(name="filed", target=__name__ + ":Filed")]
'''


@pytest.fixture
def traced(toys: None, install: Callable[..., None], tmp_path: Path) -> Path:
    """Install the plugin and return the folder where it notes what it does."""
    here = tmp_path / "traced"
    here.mkdir()
    (here / "events").write_text("1")
    install("tracer", "tracer", "tracer_plugin", PLUGIN.format(here=str(here)))
    return here


def change_source(tmp_path: Path) -> None:
    with (tmp_path / "site" / "tracer_plugin.py").open("a") as file:
        file.write("# changed\n")


def fits(here: Path) -> list[str]:
    return sorted((here / "fits").read_text().split())


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


@pytest.mark.parametrize("changed", [False, True], ids=["same source", "changed source"])
def test_killed_after_training_a_run_goes_on_from_its_model_if_the_source_is_the_same(
    tmp_path: Path, traced: Path, command: Callable[..., list[str]], environment: dict[str, str], changed: bool
) -> None:
    results = tmp_path / "results"
    line = command(results, "--channel", "a", detector="traced")
    (traced / "slow").touch()
    study = subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: list(results.rglob(".work-*/model/model.json")))
    (work,) = results.rglob(".work-*")
    study.kill()
    study.wait()
    wait_for(lambda: not read_pulse(work).alive)
    (traced / "slow").unlink()
    if changed:
        change_source(tmp_path)
    ended = run(line, environment)
    assert ended.returncode == 0, ended.stderr
    assert fits(traced) == ["0"] * (2 if changed else 1)
    (stored,) = ResultsFolder(results)
    assert stored.record.status == "ok"
    assert stored.record.timings["fit"] > 0.0
    assert not list(results.rglob(".*"))


def test_failed_while_scoring_a_run_goes_on_from_its_model_when_asked(
    tmp_path: Path, traced: Path, go: Callable[..., Outcome]
) -> None:
    results, choice = tmp_path / "results", DetectorChoice("traced")
    (traced / "broken").touch()
    (failed,) = go(results, choice).runs
    assert (failed.record.status, failed.record.reason) == ("failed", "RuntimeError: no score today")
    (traced / "broken").unlink()
    assert go(results, choice).failed_earlier == 1
    (resumed,) = go(results, choice, rerun="failed").runs
    assert resumed.record.status == "ok"
    assert fits(traced) == ["0"]
    (anew,) = go(results, choice, rerun="all").runs
    assert fits(traced) == ["0", "0"]
    assert anew.record.scores_sha256 == resumed.record.scores_sha256


def test_a_changed_plugin_is_warned_of_and_run_again_when_asked(
    tmp_path: Path, traced: Path, command: Callable[..., list[str]], environment: dict[str, str]
) -> None:
    line = command(tmp_path / "results", "--channel", "a", detector="traced")
    assert "another source" not in run(line, environment).stderr
    change_source(tmp_path)
    warned = run(line, environment)
    assert warned.returncode == 0
    text = "1 stored run was made by another source of the plugin; --rerun changed does it again"
    assert f"warning: {text}" in warned.stderr
    assert fits(traced) == ["0"]
    assert run([*line, "--rerun", "changed"], environment).returncode == 0
    assert fits(traced) == ["0", "0"]
    assert "another source" not in run(line, environment).stderr


def test_two_studies_at_once_on_one_folder_do_each_run_once(
    tmp_path: Path, traced: Path, command: Callable[..., list[str]], environment: dict[str, str]
) -> None:
    line = command(tmp_path / "results", "--channel", "a", "--seeds", "0:8", "--set", "seconds=0.05", detector="traced")
    both = [subprocess.Popen(line, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [study.communicate(timeout=120)[1] for study in both]
    assert [study.returncode for study in both] == [0, 0], said
    assert fits(traced) == [str(seed) for seed in range(8)]
    assert len(list(ResultsFolder(tmp_path / "results"))) == 8
    assert not list((tmp_path / "results").rglob(".*"))


def test_results_of_two_machines_merge_by_copying(tmp_path: Path, traced: Path, go: Callable[..., Outcome]) -> None:
    for name, seeds in (("here", (0, 1)), ("there", (1, 2))):
        go(tmp_path / name, DetectorChoice("traced"), seeds=seeds)
    shutil.copytree(tmp_path / "there", tmp_path / "here", dirs_exist_ok=True)
    outcome = go(tmp_path / "here", DetectorChoice("traced"), seeds=(0, 1, 2))
    assert (outcome.runs, outcome.cached) == ((), 3)


def test_a_result_that_was_complete_when_its_process_died_is_kept(
    tmp_path: Path, traced: Path, go: Callable[..., Outcome]
) -> None:
    """As after a kill between the record and the renaming of the folder; a dead process is one that never was."""
    results = tmp_path / "results"
    (run,) = go(results, DetectorChoice("traced")).runs
    work = ResultsFolder(results).work_folder(run.record.identity)
    run.folder.rename(work)
    (work / "heartbeat.json").write_text('{"host": "", "process": 0, "started": 0, "seen": 0}')
    assert go(results, DetectorChoice("traced")).statuses == {"ok": 1}
    assert fits(traced) == ["0"]
    assert sorted(path.name for path in run.folder.iterdir()) == [
        "coordinates.npz", "log.txt", "model", "record.json", "scores.npz", "training.json",
    ]  # fmt: skip


def test_a_vanished_data_file_ends_with_one_line(
    tmp_path: Path, traced: Path, command: Callable[..., list[str]], environment: dict[str, str]
) -> None:
    line = command(tmp_path / "results", "--dataset", "filed", "--channel", "a", detector="traced")
    (traced / "events").unlink()
    ended = run(line, environment)
    assert ended.returncode == 4
    assert ended.stderr == f"error: cannot read {traced / 'events'}: No such file or directory\n"


def test_data_that_change_during_a_study_fail_the_runs_that_follow(
    tmp_path: Path, traced: Path, command: Callable[..., list[str]], environment: dict[str, str]
) -> None:
    results = tmp_path / "results"
    line = command(results, "--dataset", "filed", "--channel", "a", "--seeds", "0:2", detector="traced", jobs=1)
    (traced / "spoil").touch()
    assert run(line, environment).returncode == 1
    found = {run.record.identity.seed: (run.record.status, run.record.reason) for run in ResultsFolder(results)}
    reason = "the events of channel a changed after the study was planned; start it again"
    assert found == {0: ("ok", ""), 1: ("failed", reason)}
    (traced / "spoil").unlink()
    assert run(line, environment).returncode == 0  # other events, other runs
    assert len(list(ResultsFolder(results))) == 4


@pytest.fixture
def small_disk(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Return what mounts a disk of some size and options; needs root."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mount(options: str) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "none", str(disk)], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip(f"mounting a small disk needs root: {done.stderr.decode().strip()}")
        return disk

    yield mount
    subprocess.run(["umount", str(disk)], check=False, capture_output=True)


@pytest.mark.parametrize("size", ["8k", "24k", "48k", "64k", "88k"])
def test_a_full_disk_ends_the_study_with_one_line_and_nothing_half_written(
    small_disk: Callable[[str], Path], traced: Path, command: Callable[..., list[str]], environment: dict[str, str],
    size: str,
) -> None:  # fmt: skip
    results = small_disk(f"size={size}") / "results"
    ended = run(command(results, "--channel", "a", detector="traced"), environment)
    assert ended.returncode == 3, ended.stderr
    line = ended.stderr.splitlines()[-1]
    assert line.startswith(f"error: results cannot be written to {results}: ")
    assert line.endswith("Make room there or choose another folder with --results; the same command continues")
    assert "Traceback" not in ended.stderr
    assert not list(results.rglob(".*"))
    assert not list(ResultsFolder(results))


def test_a_read_only_folder_ends_the_study_with_one_line(
    small_disk: Callable[[str], Path], traced: Path, command: Callable[..., list[str]], environment: dict[str, str]
) -> None:
    results = small_disk("size=1m,ro") / "results"
    ended = run(command(results, "--channel", "a", detector="traced"), environment)
    assert ended.returncode == 3, ended.stderr
    line = ended.stderr.splitlines()[-1]
    assert line.startswith(f"error: results cannot be written to {results}: Read-only file system. Make room there")
    assert not (traced / "fits").exists()
