from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adbench.cli import main
from adbench.executors.resources import Resources, slurm_time
from adbench.executors.submitfiles import SYSTEMS
from adbench.runs.processes import is_alive
from adbench.runs.store import ResultsFolder

HOSTILE = "re sults'\"; touch pwned; $(touch pwned) `touch pwned` $(key) ü"


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def submit(results: Path, system: str, *arguments: str) -> int:
    return call("submit", "--to", system, "--dataset", "toys", "--channel", "a", "--results", str(results), *arguments)


def statuses(results: Path) -> dict[str, str]:
    return {run.record.entry: run.record.status for run in ResultsFolder(results)}


@pytest.mark.parametrize("system", ["condor", "slurm"])
def test_jobs_do_the_runs_whatever_the_folder_is_called(
    tmp_path: Path, batch_system: Any, wait_for: Any, capfd: pytest.CaptureFixture[str], system: str
) -> None:
    results = tmp_path / HOSTILE
    arguments = ("-d", "toy_met", "-d", "toy_troubled", "-d", "toy_needy", "--set", "toy_troubled.how=kill")
    assert submit(results, system, *arguments) == 0
    assert "2 submitted, 1 skipped; adbench status run follows them" in capfd.readouterr().err
    wait_for(lambda: len(statuses(results)) == 3)
    assert statuses(results) == {"toy_met": "ok", "toy_troubled[how=kill]": "killed", "toy_needy": "not_installed"}
    wait_for(lambda: not any(is_alive(process, 0) for process in batch_system.processes()))
    assert not list(results.rglob("batch/run/*.json"))
    said = sorted(path.read_text().partition(" (")[0] for path in results.rglob("logs/*.out"))
    assert said == [
        "killed toy_troubled[how=kill], channel a, seed 0: ended by SIGKILL; the kernel does this when memory runs out",
        "ok toy_met, channel a, seed 0",
    ]
    assert not any((place / "pwned").exists() for place in (tmp_path, results.parent, Path("/"), Path.cwd()))
    assert {run.record.environment["executor"] for run in ResultsFolder(results)} == {system}

    assert submit(results, system, *arguments) == 0
    assert "1 stored before, 1 failed earlier, 1 skipped" in capfd.readouterr().err
    assert len(batch_system.scripts()) == 1
    assert submit(results, system, *arguments, "--rerun", "failed") == 0
    assert "jobs          1 submitted" in capfd.readouterr().err
    wait_for(lambda: not list(results.rglob("batch/run/*.json")))
    assert call("status", "--results", str(results)) == 0
    assert "study run: 1 killed, 1 not_installed, 1 ok" in capfd.readouterr().out


def test_a_study_may_be_shipped_and_use_further_plugin_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADBENCH_PLUGIN_FILES", "")
    file = tmp_path / "my_plain_metric.py"
    file.write_text("from adbench.api import hookimpl\n\n\n@hookimpl\ndef adbench_metrics():\n    return []\n")
    asked = ["density-ratio", "-P", file, "--to", "slurm", "--results", tmp_path / "r", "--dry-run"]
    assert call("submit", *map(str, asked)) == 0


@pytest.mark.usefixtures("importable")
def test_what_waits_is_not_submitted_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert submit(tmp_path, "slurm", "-d", "toy_met", "--no-submit") == 0
    said = capfd.readouterr().err
    assert "1 written" in said
    assert f"sbatch {tmp_path}/batch/run/jobs-1.sbatch" in said
    assert submit(tmp_path, "slurm", "-d", "toy_met", "-d", "toy_density", "--no-submit") == 0
    assert "1 written, 1 submitted before" in capfd.readouterr().err
    assert submit(tmp_path, "slurm", "-d", "toy_met", "-d", "toy_density", "--no-submit", "--again") == 0
    assert "2 written;" in capfd.readouterr().err
    store = ResultsFolder(tmp_path)
    first, second = sorted((tmp_path / "batch" / "run").glob("*.json"))
    assert call("run-one", str(first)) == 0
    assert call("run-one", str(first)) == 3  # a second job of the same run
    assert f"error: no task {first}: its run is done" in capfd.readouterr().err
    assert len(list(store)) == 1
    assert second.exists()


@pytest.mark.usefixtures("importable")
def test_a_run_that_was_stored_since_its_submission_is_not_done_again(tmp_path: Path) -> None:
    assert submit(tmp_path, "condor", "-d", "toy_met", "--no-submit") == 0
    (ticket,) = (tmp_path / "batch" / "run").glob("*.json")
    kept = ticket.read_text()
    assert call("run-one", str(ticket)) == 0
    (run,) = ResultsFolder(tmp_path)
    made = (run.folder / "record.json").stat().st_mtime_ns
    ticket.write_text(kept)  # the job was evicted after its run was stored and starts again
    assert call("run-one", str(ticket)) == 0
    assert (run.folder / "record.json").stat().st_mtime_ns == made
    assert not ticket.exists()


@pytest.mark.usefixtures("importable")
def test_a_job_that_is_taken_away_stores_nothing_and_can_start_again(tmp_path: Path, wait_for: Any) -> None:
    assert submit(tmp_path, "condor", "-d", "toy_met", "--no-submit", "--set", "seconds=0.5") == 0
    (ticket,) = (tmp_path / "batch" / "run").glob("*.json")
    command = [sys.executable, "-m", "adbench", "run-one", str(ticket)]
    job = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: list(tmp_path.rglob(".work-*")))
    job.send_signal(signal.SIGTERM)
    _, said = job.communicate(timeout=30)
    assert (job.returncode, said) == (130, "interrupted; the task stays\n")
    assert statuses(tmp_path) == {}
    assert not list(tmp_path.rglob(".work-*"))
    assert call("run-one", str(ticket)) == 0
    assert statuses(tmp_path) == {"toy_met[seconds=0.5]": "ok"}


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--to", "slrum", "-d", "toy_met"), 2, "no batch system 'slrum'. Did you mean slurm?"),
        (("--to", "slurm"), 2, "no detector to run; name one with --detector NAME"),
        (
            ("--to", "slurm", "study.yaml", "--seeds", "1"),
            2,
            "the study study.yaml says what to run; leave out --seeds",
        ),
        (("--to", "slurm", "-d", "toy_met", "--line", "-p x\nrm -rf /"), 2, "cannot stand in a submit file"),
        (("--to", "slurm", "-d", "toy_met"), 3, "sbatch cannot be called"),
    ],
)
def test_what_cannot_be_submitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    arguments: tuple[str, ...], code: int, message: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("PATH", "/nowhere")
    dataset = () if "study.yaml" in arguments else ("--dataset", "toys", "--channel", "a")
    assert call("submit", "--results", str(tmp_path), *dataset, *arguments) == code
    assert message in capfd.readouterr().err
    assert not list(tmp_path.rglob("batch/*/*.json"))


def test_a_line_break_in_a_path_is_refused(tmp_path: Path, toys: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert submit(tmp_path / "a\n#SBATCH --evil", "slurm", "-d", "toy_met", "--no-submit") == 2
    assert "cannot stand in a submit file" in capfd.readouterr().err


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"mark": "", "task": {}}', '{"mark": "", "task": {"identity": 1}}']
)
def test_a_damaged_task_is_a_typed_error(tmp_path: Path, content: str, capfd: pytest.CaptureFixture[str]) -> None:
    ticket = tmp_path / "task.json"
    ticket.write_text(content)
    assert call("run-one", str(ticket)) == 4
    assert f"error: {ticket}: no task of adbench" in capfd.readouterr().err


@pytest.mark.parametrize("system", ["condor", "slurm"])
def test_resources_are_asked_for(tmp_path: Path, system: str) -> None:
    text = SYSTEMS[system].write(tmp_path, ["a", "b"], Resources(4, 4608, 10920.0, 2), ["extra = 1"])
    wanted = {
        "condor": ["request_cpus = 4", "request_memory = 4608", "request_gpus = 2", "+MaxRuntime = 10920", "extra = 1"],
        "slurm": ["#SBATCH --cpus-per-task=4", "#SBATCH --mem=4608M", "#SBATCH --gpus=2", "#SBATCH --time=0-03:02:00",
                  "#SBATCH --array=0-1", "#SBATCH extra = 1"],
    }  # fmt: skip
    assert set(wanted[system]) <= set(text.splitlines())
    assert slurm_time(86400 + 61) == "1-00:02:00"


@pytest.mark.usefixtures("toys")
def test_limits_become_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "do not tell")
    limits = ("--timeout", "1h", "--memory-limit", "2G", "--threads", "3")
    assert submit(tmp_path, "condor", "-d", "toy_met", "--no-submit", *limits) == 0
    text = (tmp_path / "batch" / "run" / "jobs-1.sub").read_text()
    assert {"request_cpus = 3", "request_memory = 2560", "+MaxRuntime = 3720"} <= set(text.splitlines())
    assert "request_gpus" not in text
    assert "do not tell" not in text
    (ticket,) = (tmp_path / "batch" / "run").glob("*.json")
    settings = json.loads(ticket.read_text())["task"]["settings"]
    assert settings["limits"] == {"seconds": 3600.0, "memory": 2 * 2**30}
