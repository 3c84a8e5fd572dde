from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adbench.api import MissingError, UsageError
from adbench.cli import main
from adbench.executors.base import ExecutorOptions
from adbench.registry import catalogue
from adbench.runs.heartbeat import read_pulse
from adbench.runs.plan import make_plan, open_dataset
from adbench.runs.processes import is_alive
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice, Study

distributed = pytest.importorskip("distributed", reason="needs the extra dask: pip install 'adbench-lhc[dask]'")
dask = pytest.importorskip("dask")

LOCAL = ExecutorOptions(jobs=2, cluster="local")


def left_over(results: Path) -> list[Path]:
    return [path for pattern in (".work-*", ".trash-*") for path in results.rglob(pattern)]


def test_runs_that_die_take_nothing_with_them(tmp_path: Path, on_dask, counts) -> None:  # type: ignore[no-untyped-def]
    troubled = [DetectorChoice("toy_troubled", overrides={"how": how}) for how in ("exit", "kill", "raise")]
    outcome = on_dask(tmp_path / "results", LOCAL, *troubled, DetectorChoice("counting"), seeds=(0, 1, 2))
    found = {(run.record.entry, run.record.status, run.record.reason) for run in outcome.runs}
    assert found == {
        ("toy_troubled[how=exit]", "failed", "its process ended with exit code 9"),
        ("toy_troubled[how=kill]", "killed", "ended by SIGKILL; the kernel does this when memory runs out"),
        ("toy_troubled[how=raise]", "failed", "ValueError: the loss is not finite in epoch 3"),
        ("counting", "ok", ""),
    }
    assert len(outcome.runs) == 12
    assert counts() == {f"{what} {seed}": 1 for what in ("began", "ended") for seed in range(3)}
    assert not left_over(tmp_path / "results")
    assert {run.record.environment["executor"] for run in outcome.runs} == {"dask"}
    again = on_dask(tmp_path / "results", LOCAL, *troubled, DetectorChoice("counting"), seeds=(0, 1, 2))
    assert (len(again.runs), again.cached, again.failed_earlier) == (0, 3, 9)


def test_a_worker_that_dies_loses_only_the_run_in_flight(tmp_path: Path, on_dask, counts, wait_for) -> None:  # type: ignore[no-untyped-def]
    results = tmp_path / "results"
    slow = DetectorChoice("counting", overrides={"seconds": 0.4})
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with distributed.Client(cluster, set_as_default=False) as client:
            workers = client.run(os.getpid)

        before: dict[int, str] = {}

        def kill_a_worker_in_its_second_run() -> None:
            wait_for(lambda: len(list(ResultsFolder(results))) >= 2 and sum(counts().values()) >= 6)
            before.update({run.record.identity.seed: run.record.started for run in ResultsFolder(results)})
            os.kill(min(workers.values()), signal.SIGKILL)

        killer = threading.Thread(target=kill_a_worker_in_its_second_run)
        killer.start()
        options = ExecutorOptions(scheduler=cluster.scheduler_address)
        outcome = on_dask(results, options, slow, seeds=range(5))
        killer.join()
    assert outcome.statuses == {"ok": 5}
    after = {run.record.identity.seed: run.record.started for run in outcome.runs}
    assert len(before) >= 2
    assert before.items() <= after.items()
    assert {counts()[f"began {seed}"] for seed in before} == {1}
    assert sum(counts()[f"began {seed}"] for seed in range(5)) <= 6
    assert not left_over(results)


def test_a_run_that_another_process_is_doing_is_awaited(tmp_path: Path, on_dask, counts) -> None:  # type: ignore[no-untyped-def]
    study = Study(detectors=(DetectorChoice("counting"),), dataset="toys", channels=("a",))
    store = ResultsFolder(tmp_path / "results")
    (planned,) = make_plan(study, catalogue(), open_dataset(study, catalogue()), store)
    claim = store.claim(planned.identity)
    seen: list[dict[str, int]] = []

    def give_way() -> None:
        seen.append(counts())
        shutil.rmtree(claim.work)

    threading.Timer(4.0, give_way).start()
    outcome = on_dask(store.root, LOCAL, DetectorChoice("counting"))
    assert seen == [{}]
    assert outcome.statuses == {"ok": 1}
    assert counts() == {"began 0": 1, "ended 0": 1}


@pytest.mark.usefixtures("importable")
def test_ctrl_c_ends_what_runs(tmp_path: Path, wait_for: Callable[..., None]) -> None:
    started = subprocess.Popen(
        [
            sys.executable, "-m", "adbench", "run", "-d", "toy_met", "--dataset", "toys", "--set", "seconds=0.2",
            "--set", "epochs=1000", "--results", str(tmp_path), "--executor", "dask", "--cluster", "local",
            "--jobs", "2",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    wait_for(lambda: len(list(tmp_path.rglob(".work-*"))) == 2)
    pulses = [read_pulse(path) for path in tmp_path.rglob(".work-*")]
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to everyone in the foreground
    output, _ = started.communicate(timeout=40)
    assert started.returncode == 130, output
    assert "interrupted   0 of 2 runs stored" in output
    assert "Traceback" not in output
    assert not left_over(tmp_path)
    assert not any(is_alive(pulse.process, pulse.started) for pulse in pulses)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (ExecutorOptions(), UsageError, "takes one of --scheduler ADDRESS and --cluster local|htcondor|slurm"),
        (ExecutorOptions(scheduler="tcp://h:1", cluster="local"), UsageError, "takes one of"),
        (ExecutorOptions(cluster="condor"), UsageError, "no cluster 'condor'. Did you mean htcondor?"),
        (
            ExecutorOptions(scheduler="tcp://127.0.0.1:9"),
            MissingError,
            "no Dask scheduler answers at tcp://127.0.0.1:9",
        ),
    ],
)
def test_what_cannot_work_is_said_at_once(
    tmp_path: Path, on_dask: Any, options: ExecutorOptions, error: type[Exception], message: str
) -> None:
    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}), pytest.raises(error) as raised:
        on_dask(tmp_path, options, DetectorChoice("toy_met"))
    assert message in str(raised.value)


@pytest.mark.usefixtures("toys")
def test_options_of_dask_are_refused_elsewhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["run", "-d", "toy_met", "--dataset", "toys", "--results", str(tmp_path), "--cluster", "local"])
    assert left.value.code == 2
    assert "--scheduler and --cluster are for --executor dask" in capfd.readouterr().err


def test_without_dask_the_message_says_how_to_install_it(
    tmp_path: Path, on_dask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingError, match=r"pip install 'adbench-lhc\[dask\]'"):
        on_dask(tmp_path, LOCAL, DetectorChoice("toy_met"))


def test_a_folder_that_workers_do_not_share_is_named(tmp_path: Path, on_dask: Any) -> None:
    from adbench.executors.daskworker import do_task
    from adbench.runs.task import task_for

    study = Study(detectors=(DetectorChoice("toy_met"),), dataset="toys", channels=("a",))
    (planned,) = make_plan(study, catalogue(), open_dataset(study, catalogue()), ResultsFolder(tmp_path))
    ending = do_task("name", task_for(planned, study.options, tmp_path / "not here"), "")
    assert ending.how == "unusable"
    assert "--results must be on a shared file system" in ending.why
