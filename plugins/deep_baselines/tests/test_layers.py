from __future__ import annotations

import pytest
import torch
from adbench_deep_baselines.layers import dense, drop


def test_no_activation_behind_the_last_layer_and_bias_where_asked_for():
    layers = dense([5, 3, 2], bias=False, activation=torch.nn.Tanh)
    assert [type(layer) for layer in layers] == [torch.nn.Linear, torch.nn.Tanh, torch.nn.Linear]
    assert all(layer.bias is None for layer in layers[::2])
    assert dense([5, 2])[0].bias is not None


def test_dropout_keeps_the_mean_and_draws_from_its_stream():
    values = torch.full((400, 50), 2.0)
    dropped = drop(values, 0.25, torch.Generator().manual_seed(1))
    assert float((dropped == 0).float().mean()) == pytest.approx(0.25, abs=0.02)
    assert float(dropped.mean()) == pytest.approx(2.0, abs=0.05)
    assert torch.equal(dropped, drop(values, 0.25, torch.Generator().manual_seed(1)))
    assert drop(values, 0.25, None) is values
