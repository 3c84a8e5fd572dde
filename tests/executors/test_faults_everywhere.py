"""The whole fault suite on the executors that start runs on other machines; the local one has its own, closer look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adbench.cli import main
from adbench.runs.store import ResultsFolder
from adbench.testing.faults import FAULTS

STATUS = {
    **dict.fromkeys(("hang", "ignore_sigterm", "leave_children_and_hang"), "timeout"),
    **dict.fromkeys(("allocate", "memory"), "out_of_memory"),
    **dict.fromkeys(("leave_children", "talk", "constant"), "ok"),
    "kill": "killed",
    "unsuited": "skipped",
}
"""How the faults end; those that are not here fail."""

EXPECTED = {f"toy_troubled[how={how}]": STATUS.get(how, "failed") for how in FAULTS} | {"toy_met": "ok"}


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture
def study(tmp_path: Path) -> str:
    """A study of every fault and of one detector that has none."""
    faults = ", ".join(FAULTS)
    lines = [
        "dataset: toys",
        "channels: [a]",
        f"detectors: [toy_met, {{toy_troubled: {{how: [{faults}]}}}}]",
        "limits: {timeout: 10s, memory: 300M}",
    ]
    (tmp_path / "faults.yaml").write_text("\n".join(lines))
    return str(tmp_path / "faults.yaml")


def check(results: Path) -> None:
    found = {run.record.entry: run.record for run in ResultsFolder(results)}
    assert {name: record.status for name, record in found.items()} == EXPECTED
    assert all(bool(record.reason) == (record.status != "ok") for record in found.values())
    assert not [*results.rglob(".work-*"), *results.rglob(".trash-*")]


@pytest.mark.slow
def test_on_a_dask_cluster(tmp_path: Path, importable: None, study: str) -> None:
    pytest.importorskip("distributed", reason="needs the extra dask: pip install 'adbench-lhc[dask]'")
    results = tmp_path / "results"
    assert (
        call("study", study, "--results", str(results), "--executor", "dask", "--cluster", "local", "--jobs", "2") == 1
    )
    check(results)


@pytest.mark.slow
@pytest.mark.parametrize("system", ["condor", "slurm"])
def test_as_jobs_of_a_batch_system(tmp_path: Path, batch_system: Any, wait_for: Any, study: str, system: str) -> None:
    results = tmp_path / "results"
    assert call("submit", study, "--to", system, "--results", str(results)) == 0
    wait_for(lambda: len(list(ResultsFolder(results))) == len(EXPECTED), 120.0)
    wait_for(lambda: not list(results.rglob("batch/faults/*.json")))
    check(results)
