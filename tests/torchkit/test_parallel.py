from __future__ import annotations

import importlib
import multiprocessing
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from adbench.api import DetectorError, MissingError, RunContext, UsageError
from adbench.torchkit import FitSettings, History, Sample, fit, seeded

FEATURES = 4


@pytest.fixture
def losses(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))  # so that other processes find it
    return importlib.import_module("shared_losses")


class Reports:
    def __init__(self) -> None:
        self.lines: list[tuple[str, int, int, dict[str, float]]] = []

    def __call__(self, phase: str, step: int, total: int, **figures: float) -> None:
        self.lines.append((phase, step, total, figures))


def events(n: int, seed: int) -> Sample:
    stream = torch.Generator().manual_seed(seed)
    return Sample((torch.randn(n, FEATURES, generator=stream),), 0.1 + torch.rand(n, generator=stream))


def fitted(
    loss: Any, n: int = 203, validation: int = 33, settings: FitSettings | None = None, **context: Any
) -> tuple[nn.Module, History]:
    with seeded(RunContext(seed=1), "initialisation"):
        network = nn.Sequential(nn.Linear(FEATURES, 2), nn.Tanh(), nn.Linear(2, FEATURES))
    settings = settings or FitSettings(8, 32, 0.02, noise=FEATURES)
    around = RunContext(seed=1, **context)
    history = fit(network, partial(loss, network), events(n, 1), events(validation, 2), settings, around)
    return network, history


def difference(a: nn.Module, b: nn.Module) -> float:
    pairs = zip(a.state_dict().values(), b.state_dict().values(), strict=True)
    return max(float((x - y).abs().max()) for x, y in pairs)


def test_two_processes_do_the_fit_of_one(losses):
    """Batches of an odd number of weighted events, and a last one of a single event that only one process gets."""
    alone, expected = fitted(losses.reconstruction)
    reports = Reports()
    shared, history = fitted(losses.reconstruction, devices=2, progress=reports)
    assert history.train == pytest.approx(expected.train, rel=1e-5)
    assert history.validation == pytest.approx(expected.validation, rel=1e-5)
    assert history.best_epoch == expected.best_epoch
    assert difference(alone, shared) < 1e-5
    assert expected.train[-1] < 0.9 * expected.train[0]
    assert [line[:3] for line in reports.lines] == [("fit", epoch, 8) for epoch in range(1, 9)]
    assert [line[3]["val"] for line in reports.lines] == history.validation
    assert not shared.training
    assert not multiprocessing.active_children()


def test_an_error_in_one_process_ends_the_fit_and_all_are_of_one_group(losses):
    settings = FitSettings(3, 32, 0.02)
    with pytest.raises(DetectorError, match=rf"^no events for me; group {os.getpgid(0)}$"):
        fitted(losses.failing, settings=settings, devices=2)
    assert not multiprocessing.active_children()


def test_a_process_that_is_killed_ends_the_fit(losses):
    with pytest.raises(DetectorError, match=r"process 2 of 2 of the fit was ended by SIGKILL"):
        fitted(losses.dying, settings=FitSettings(3, 32, 0.02), devices=2)
    assert not multiprocessing.active_children()


def test_a_process_that_aborts_after_its_part_changes_nothing(losses):
    _, history = fitted(losses.aborting_at_the_end, settings=FitSettings(3, 32, 0.02), devices=2)
    assert len(history.train) == 3
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_the_deadline_holds_for_all_processes(losses):
    with pytest.raises(DetectorError, match="deadline passed in epoch 1 of 8"):
        fitted(losses.reconstruction, devices=2, deadline=time.monotonic() - 1)


def test_a_fit_in_64_bits_agrees_with_32_and_leaves_32(losses):
    single, expected = fitted(losses.reconstruction)
    double, history = fitted(losses.reconstruction, precision="64-true")
    assert history.train == pytest.approx(expected.train, rel=1e-5)
    assert history.train != expected.train
    assert 0 < difference(single, double) < 1e-5
    assert {tensor.dtype for tensor in double.state_dict().values()} == {torch.float32}


def test_bfloat16_rounds_the_fit_and_little_else(losses):
    single, expected = fitted(losses.reconstruction)
    mixed, history = fitted(losses.reconstruction, precision="bf16-mixed")
    assert history.train == pytest.approx(expected.train, rel=0.01)
    assert difference(single, mixed) > 1e-5
    assert {tensor.dtype for tensor in mixed.state_dict().values()} == {torch.float32}


def test_16_bits_are_refused_on_a_cpu(losses):
    with pytest.raises(UsageError, match=r"16-mixed needs a GPU; on a CPU choose --precision bf16-mixed"):
        fitted(losses.reconstruction, precision="16-mixed")


def test_a_loss_that_cannot_travel_is_an_error(losses):
    with pytest.raises(DetectorError, match="cannot be sent to other processes"):
        fitted(lambda network, batch, stream: losses.reconstruction(network, batch, stream), devices=2)


def test_ports_and_ranks_of_others_are_left_alone(losses, monkeypatch):
    monkeypatch.setenv("MASTER_PORT", "1")
    monkeypatch.setenv("LOCAL_RANK", "3")
    fitted(losses.reconstruction, precision="64-true")
    assert (os.environ["MASTER_PORT"], os.environ["LOCAL_RANK"]) == ("1", "3")


def test_one_device_in_32_bits_needs_no_lightning():
    code = """
import sys
sys.modules["lightning_fabric"] = None  # whoever imports it fails
import torch
from adbench.api import RunContext
from adbench.torchkit import FitSettings, Sample, fit
network = torch.nn.Linear(1, 1)
sample = Sample((torch.ones(4, 1),), torch.ones(4))
fit(network, lambda batch, stream: network(batch[0])[:, 0] ** 2, sample, sample, FitSettings(2, 2, 0.1), RunContext())
assert not [name for name in sys.modules if name.startswith("lightning") and sys.modules[name] is not None]
from dataclasses import replace
try:
    fit(network, network, sample, sample, FitSettings(2, 2, 0.1), RunContext(devices=2))
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{MissingError.__name__} several devices")
    assert "pip install lightning-fabric" in done.stdout
