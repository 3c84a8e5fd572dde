from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adbench.api import DatasetOptions, MissingError, UsageError
from adbench.executors.devices import check_device, gpus
from adbench.executors.local import _Queue
from adbench.executors.resources import Resources
from adbench.runs.key import RunIdentity
from adbench.runs.task import Settings, Task

PLUGIN = """\
from adbench.api import DetectorSpec, hookimpl
@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="on_gpu", target="a:B", gpu=True), DetectorSpec(name="on_cpu", target="a:B")]
"""


@pytest.fixture
def task(install: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Task]:
    """Return what makes tasks, on a machine that says it has three GPUs."""
    install("gpu-plugin", "on_gpu", "gpu_plugin", PLUGIN)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2")

    def make(seed: int = 0, detector: str = "on_gpu", **settings: Any) -> Task:
        identity = RunIdentity("toys", "tiny", "f", "own", "a", detector, 1, {}, seed)
        return Task(identity, detector, "default", {}, DatasetOptions(), Path("results"), Settings(**settings))

    return make


def place(tasks: list[Task]) -> list[str | None]:
    """Return the devices that tasks get one after the other while all earlier ones still run; None = waits."""
    running: list[Any] = []
    devices: list[str | None] = []
    for one in tasks:
        placed = _Queue([one]).next(running)
        devices.append(None if placed is None else placed.settings.device)
        if placed is not None:
            running.append(SimpleNamespace(task=placed))
    return devices


def test_each_gpu_serves_one_run_and_others_wait_or_need_none(task: Callable[..., Task]) -> None:
    tasks = [*(task(seed) for seed in range(4)), task(5, "on_cpu"), task(6, device="cpu")]
    assert place(tasks) == ["cuda:0", "cuda:1", "cuda:2", None, "auto", "cpu"]


def test_a_fit_on_several_gpus_gets_neighbours_of_its_own(task: Callable[..., Task]) -> None:
    assert place([task(0), task(1, devices=2), task(2)]) == ["cuda:0", "cuda:1", None]
    assert place([task(0, devices=2), task(1, devices=2), task(2)]) == ["cuda:0", None, "cuda:2"]
    assert place([task(0), task(1, devices=4)]) == ["cuda:0", "auto"]  # never to be had: the run itself says so


def test_batch_systems_are_asked_for_as_many_gpus_as_a_fit_uses(task: Callable[..., Task]) -> None:
    several = task(devices=4)
    assert Resources.of(several).gpus == 4
    assert Resources.of(task(device="cpu")).gpus == 0
    assert Resources.of(task(detector="on_cpu")).gpus == 0
    assert Resources.enough_for([several, task(1)], 60.0).gpus == 4
    assert Resources.of(dataclasses.replace(several, settings=Settings(device="cuda:1"))).gpus == 1


def test_gpus_are_those_that_this_process_may_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,7")
    assert gpus() == ["cuda:0", "cuda:1"]
    check_device("cuda:1")
    with pytest.raises(MissingError, match=r"no device 'cuda:2' here \(cuda:0, cuda:1\)"):
        check_device("cuda:2")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert gpus() == []
    with pytest.raises(UsageError, match="'gpu' is no device"):
        check_device("gpu")
