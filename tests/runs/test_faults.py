"""Detectors that go wrong in every way we could think of, in one study with one that does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adbench.executors import local, supervise
from adbench.executors.supervise import Supervised
from adbench.registry import catalogue
from adbench.runs.launch import Outcome
from adbench.runs.limits import Limits
from adbench.runs.processes import is_alive
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice
from adbench.testing.faults import FAULTS

LIMITS = Limits(seconds=8.0, memory=300 * 2**20)

ENDS = {
    "raise": ("failed", "ValueError: the loss is not finite in epoch 3"),
    "hang": ("timeout", "not done after 8 s"),
    "ignore_sigterm": ("timeout", "not done after 8 s"),
    "allocate": ("out_of_memory", r"held \d+ MB with a limit of 300 MB"),
    "leave_children": ("ok", ""),
    "leave_children_and_hang": ("timeout", "not done after 8 s"),
    "exit": ("failed", "its process ended with exit code 9"),
    "crash": ("failed", "crashed with SIGSEGV"),
    "kill": ("killed", "ended by SIGKILL; the kernel does this when memory runs out"),
    "talk": ("ok", ""),
    "memory": ("out_of_memory", "the process ran out of memory"),
    "unsuited": ("skipped", "this detector needs objects; leave it out for these events"),
    "nan": ("failed", "toy_troubled: score .score. of validation is NaN or infinite for 3 of 200 events"),
    "shape": ("failed", r".*has shape \(199,\); expected one per event, \(200,\)"),
    "missing_score": ("failed", "toy_troubled returned no score 'score' for validation; it returned other"),
    "dtype": ("failed", ".* of validation is <U32; expected real numbers"),
    "complex": ("failed", ".* of validation is complex128; expected real numbers"),
    "constant": ("ok", ""),
}
"""Status and reason of every fault, the reason as a regular expression."""

SCORES = ("nan", "shape", "missing_score", "dtype", "complex", "constant")
WHILE_SCORING = [how for how in FAULTS if how not in SCORES]


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Process groups of all runs that were started; runs that ignore SIGTERM get a second."""
    started: list[int] = []

    def noting(*arguments: Any) -> Supervised:
        run = supervise.start(*arguments)
        started.append(run.group)
        return run

    monkeypatch.setattr(local, "start", noting)
    monkeypatch.setattr(supervise, "_GRACE", 1.0)
    return started


def test_the_table_above_knows_every_fault() -> None:
    assert set(ENDS) == set(FAULTS)


def test_whatever_happens_while_training_is_stored_and_the_others_go_on(
    tmp_path: Path, go: Callable[..., Outcome], counting: Any, groups: list[int]
) -> None:
    troubled = [DetectorChoice("toy_troubled", overrides={"how": how}) for how in FAULTS]
    outcome = go(tmp_path, *troubled, DetectorChoice("toy_met"), jobs=4, limits=LIMITS, listener=counting)
    _check(outcome, {how: f"toy_troubled[how={how}]" for how in FAULTS}, counting, groups, tmp_path)
    found = {run.record.identity.params.get("how"): run for run in outcome.runs}
    log = (found["talk"].folder / "log.txt").read_bytes()
    assert 1_000_000 < len(log) < 1_000_100
    assert log.startswith(b"about to fail\nxxx")
    assert b"bytes left out" in log
    assert log.endswith(b"x\n")
    assert "Fatal Python error: Segmentation fault" in (found["crash"].folder / "log.txt").read_text()
    with found["constant"].scores() as file:
        estimate = catalogue().metric("auc")(file.sample("background", "score"), file.sample("signal/shift", "score"))
    assert estimate.value == 0.5
    assert estimate.note == "all scores equal"


def test_whatever_happens_while_scoring_is_stored_with_the_model_and_the_others_go_on(
    tmp_path: Path, go: Callable[..., Outcome], counting: Any, groups: list[int]
) -> None:
    troubled = [DetectorChoice("toy_troubled", overrides={"how": how, "in_score": True}) for how in WHILE_SCORING]
    outcome = go(tmp_path, *troubled, DetectorChoice("toy_met"), jobs=4, limits=LIMITS, listener=counting)
    names = {how: f"toy_troubled[how={how},in_score=True]" for how in WHILE_SCORING}
    _check(outcome, names, counting, groups, tmp_path)


def _check(outcome: Outcome, names: dict[str, str], counting: Any, groups: list[int], results: Path) -> None:
    """Every run ended once, as the table says, with its cost and its log; nothing of it is left."""
    found = {run.record.entry: run for run in outcome.runs}
    assert set(found) == {*names.values(), "toy_met"}
    assert found["toy_met"].record.status == "ok"
    for how, name in names.items():
        record, (status, reason) = found[name].record, ENDS[how]
        assert record.status == status, (how, record.reason)
        assert re.fullmatch(reason, record.reason), (how, record.reason)
        assert (record.status == "ok") == (record.reason == "")
        assert 0.0 < record.timings["total"] < 60.0, how
        assert record.peak_memory_mb > 1.0, how
        assert (found[name].folder / "log.txt").read_text(errors="replace").startswith("about to fail"), how
    assert set(counting.started_runs.values()) == set(counting.finished_runs.values()) == {1}
    assert len(list(ResultsFolder(results))) == len(names) + 1
    assert not [*results.rglob(".work-*"), *results.rglob(".trash-*")]
    assert len(groups) == len(names) + 1
    assert _members(set(groups)) == []


def _members(groups: set[int]) -> list[int]:
    """Return the living processes of some groups."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                group = int((path / "stat").read_text().rpartition(")")[2].split()[2])
            except OSError:
                continue
            if group in groups and is_alive(int(path.name), 0):
                found.append(int(path.name))
    return found
