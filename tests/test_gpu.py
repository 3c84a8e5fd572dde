"""Every torch detector on a GPU: it learns, and its scores are those of the same model on a core, up to rounding."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from adbench_darkmachines.dataset import DarkMachines

from adbench.api import DatasetOptions, RunContext
from adbench.api.params import resolve
from adbench.registry import catalogue

DEVICE = "cuda:0"
NAMES = [spec.name for spec in catalogue().detectors if any(need.startswith("torch") for need in spec.requires)]

on_a_gpu = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs an NVIDIA GPU: there, python -m pytest tests/test_gpu.py"
)


def test_there_are_torch_detectors() -> None:
    assert len(NAMES) > 30


@on_a_gpu
@pytest.mark.parametrize("name", NAMES)
def test_scores_of_a_model_learned_on_a_gpu_are_those_that_a_core_gives(name):
    dataset = DarkMachines(DatasetOptions())
    train, validation, test = (part("1")[:300] for part in (dataset.train, dataset.validation, dataset.background))
    spec = catalogue().detectors.get(name)
    kind = spec.load()
    params = {**spec.params, **spec.presets.get("default", {})}
    brief = {name: few for name, few in {"epochs": 1, "least_steps": 0}.items() if hasattr(kind.Params(), name)}
    priors = {}
    if spec.supervision != "unsupervised":
        priors = {name: dataset.signal("1", name)[:100] for name in dataset.info.signals["1"][:3]}
    detector = kind(resolve(kind.Params, {**params, **brief}), RunContext(device=DEVICE))
    detector.fit(train, validation, priors)
    on_gpu = _first(detector.score(test))
    detector.context = RunContext()
    on_core = _first(detector.score(test))
    assert np.isfinite(on_gpu).all()
    assert np.abs(on_gpu - on_core).max() < 1e-3 * on_core.std()


def _first(scores):
    return np.asarray(next(iter(scores.values())) if isinstance(scores, dict) else scores, np.float64)
