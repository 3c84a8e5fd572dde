from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from adbench.torchkit.averaging import Average, early_decay


def network(value: float) -> nn.Linear:
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, value)
    return layer


def test_the_mean_forgets_faster_at_the_start_and_then_by_its_decay():
    layer = network(0.0)
    average = Average(layer, 0.5)
    expected, decays = 0.0, [2 / 11, 3 / 12, 4 / 13, 5 / 14, 6 / 15, 7 / 16, 8 / 17, 0.5, 0.5]
    for step, decay in enumerate(decays, 1):
        nn.init.constant_(layer.weight, float(step))
        average.update()
        expected = decay * expected + (1 - decay) * step
    average.enter()
    assert layer.weight.item() == pytest.approx(expected, rel=1e-6)
    average.leave()
    assert layer.weight.item() == 9.0


def test_without_a_decay_nothing_happens():
    layer = network(1.0)
    average = Average(layer, 0.0)
    average.update()
    average.enter()
    average.leave()
    assert torch.equal(layer.weight, torch.ones(1, 1))


def test_an_early_mean_forgets_the_initialisation() -> None:
    assert np.prod([early_decay(0.999, step) for step in range(1, 51)]) < 1e-8
    assert 0.999**50 > 0.95
    assert early_decay(0.5, 10_000) == 0.5
