"""A study that is killed again and again, and started again with the same command, ends like an undisturbed one."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adbench.runs.heartbeat import read_pulse
from adbench.runs.processes import is_alive
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice

SLOW = ("--set", "seconds=0.3", "--rerun", "failed", "--channel", "a")


@pytest.mark.parametrize(
    ("kills", "seeds"), [(10, 12), pytest.param(50, 60, marks=pytest.mark.slow)], ids=["10 kills", "50 kills"]
)
def test_random_kills_change_nothing(
    tmp_path: Path, go: Callable[..., object], command: Callable[..., list[str]], environment: dict[str, str],
    kills: int, seeds: int,
) -> None:  # fmt: skip
    killed, undisturbed = ResultsFolder(tmp_path / "killed"), ResultsFolder(tmp_path / "undisturbed")
    again = command(killed.root, *SLOW, "--seeds", f"0:{seeds}")
    chance = random.Random(20240607)  # the moments; what is hit by them depends on the machine
    finished: dict[str, tuple[str, object]] = {}

    def start() -> subprocess.Popen[bytes]:
        with said().open("wb") as log:
            return subprocess.Popen(again, env=environment, stdout=subprocess.DEVNULL, stderr=log)

    def said() -> Path:
        return tmp_path / f"said-{sum(hit.values())}"

    hit = {"parent": 0, "child": 0}
    study = start()
    for _ in range(kills):
        if chance.random() < 0.4:
            hit["child"] += _kill_a_child(killed, chance, study)
        else:
            time.sleep(chance.uniform(0.2, 1.6))
            study.kill()
            study.wait()
            hit["parent"] += study.returncode == -9
        for key, done in _finished(killed).items():
            assert finished.setdefault(key, done) == done, "a finished run was done again"
        if study.poll() is not None:
            study = start()
    for status in (study.wait(300), start().wait(300)):  # 1: the last to be killed was a child
        assert status in (0, 1), said().read_text()
    assert status == 0, said().read_text()
    assert "Traceback" not in said().read_text()
    assert sum(hit.values()) >= 0.7 * kills, hit  # otherwise the study was too short for the kills
    assert all(hit.values()), hit
    assert finished.items() <= _finished(killed).items()
    go(undisturbed.root, DetectorChoice("toy_met", overrides={"seconds": 0.0}), seeds=tuple(range(seeds)))
    assert _scores(killed) == _scores(undisturbed)
    assert len(_scores(killed)) == seeds
    assert not list(killed.root.rglob(".*"))


def _kill_a_child(results: ResultsFolder, chance: random.Random, study: subprocess.Popen[bytes]) -> int:
    """Kill a run at a random moment after one has begun; return how many were killed."""
    until = time.monotonic() + 20.0
    while study.poll() is None and time.monotonic() < until:
        pulses = [read_pulse(work) for work in results.root.glob("*/*/*/.work-*")]
        living = [pulse for pulse in pulses if pulse.process and is_alive(pulse.process, pulse.started)]
        if living:
            time.sleep(chance.uniform(0.0, 0.6))
            victim = chance.choice(living)
            if is_alive(victim.process, victim.started):
                subprocess.run(["kill", "-9", str(victim.process)], check=False, stderr=subprocess.DEVNULL)
                return 1
        time.sleep(0.02)
    return 0


def _finished(results: ResultsFolder) -> dict[str, tuple[str, object]]:
    """Return when and by which process each finished run was done."""
    runs = (run.record for run in results if run.record.status == "ok")
    return {record.key: (record.started, record.environment["process"]) for record in runs}


def _scores(results: ResultsFolder) -> dict[int, bytes]:
    return {run.record.identity.seed: (run.folder / "scores.npz").read_bytes() for run in results}
