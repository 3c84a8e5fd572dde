from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adbench.executors.base import ExecutorOptions
from adbench.runs.processes import is_alive
from adbench.runs.study import DetectorChoice

pytest.importorskip("dask_jobqueue", reason="needs the extra dask: pip install 'adbench-lhc[dask]'")


@pytest.mark.parametrize(
    ("cluster", "time"), [("htcondor", "+MaxRuntime = 7200"), ("slurm", "#SBATCH -t 0-02:00:00\n")]
)
def test_runs_on_workers_that_a_batch_system_starts(
    tmp_path: Path, batch_system: Any, on_dask: Any, wait_for: Any, cluster: str, time: str
) -> None:
    troubled = DetectorChoice("toy_troubled", overrides={"how": "exit"})
    options = ExecutorOptions(jobs=1, cluster=cluster, walltime=7200.0)
    outcome = on_dask(tmp_path / "results", options, DetectorChoice("toy_met"), troubled, seeds=(0, 1))
    assert outcome.statuses == {"ok": 2, "failed": 2}
    (script,) = batch_system.scripts()
    assert time in script
    assert "--nthreads 1 --memory-limit 0 --lifetime 6600s --lifetime-stagger 240s" in script
    wait_for(lambda: not any(is_alive(process, 0) for process in batch_system.processes()))
