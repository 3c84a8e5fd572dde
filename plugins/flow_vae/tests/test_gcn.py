from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.gcn import GcnDecoder, GcnEncoder
from adbench_flow_vae.graph import Complete
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.vae import Vae

PAPER = (5, 32, 16, 2)
NOTHING = torch.empty(20, 0, dtype=torch.float64)


def n_parameters(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_paper_network_has_5129_parameters():
    assert n_parameters(Vae(FlowVaeParams())) == 5129


def test_each_householder_flow_adds_its_375_functions_of_the_78_features():
    plain, flow = Vae(FlowVaeParams()), Vae(FlowVaeParams(flow="householder"))
    q, r, diagonals, shift = 8 * 15, 2 * (15 * 14 // 2), 2 * 15, 15
    assert n_parameters(flow) - n_parameters(plain) == 6 * (q + r + diagonals + shift) * (78 + 1)


def test_the_encoder_does_not_see_the_order_of_objects(rng):
    encoder = GcnEncoder(39, PAPER, 15).double()
    x = torch.randn(20, 39, 5, generator=rng, dtype=torch.float64)
    mixed = x[:, torch.randperm(39, generator=rng)]
    for ours, theirs in zip(encoder(x, NOTHING, Complete()), encoder(mixed, NOTHING, Complete()), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_on_a_complete_graph_the_encoder_is_an_mlp_of_the_mean_object(rng):
    encoder = GcnEncoder(39, PAPER, 15)
    x = torch.randn(20, 39, 5, generator=rng)
    h = x.mean(1)
    for layer in encoder.convolutions:
        h = (h @ layer.linear.weight.T + layer.linear.bias).relu()
    heads = h.repeat(1, 39) @ encoder.heads.weight.T + encoder.heads.bias
    mu, log_var, hidden = encoder(x, NOTHING.float(), Complete())
    torch.testing.assert_close(torch.cat([mu, log_var], 1), heads)
    torch.testing.assert_close(hidden[:, 0], h)


def test_on_a_complete_graph_the_decoder_gives_one_object_for_all(rng):
    decoder = GcnDecoder(39, PAPER, 15)
    z = torch.randn(20, 15, generator=rng)
    h = (z @ decoder.dense.weight.T + decoder.dense.bias).relu().view(20, 39, 2)
    for i, layer in enumerate(decoder.convolutions):
        h = (h if i == 0 else h.relu()).mean(1, keepdim=True).expand(20, 39, -1)
        h = h @ layer.linear.weight.T + layer.linear.bias
    objects = decoder(z, Complete()).objects
    assert objects.shape == (20, 1, 5)
    torch.testing.assert_close(objects.expand(-1, 39, -1), h)


@pytest.mark.parametrize("filled", [None, (0, 3, 4)])
def test_one_row_for_all_slots_gives_what_equal_rows_give(filled, rng):
    layer = SlotDense(39, 2, 6, filled)
    row = torch.randn(10, 1, 2, generator=rng)
    torch.testing.assert_close(layer(row), layer(row.expand(10, 39, 2)))
    slope = torch.randn(10, 6, generator=rng)
    one = torch.autograd.grad((layer(row) * slope).sum(), (layer.weight, layer.bias))
    all_rows = torch.autograd.grad((layer(row.expand(10, 39, 2)) * slope).sum(), (layer.weight, layer.bias))
    for ours, theirs in zip(one, all_rows, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_outputs_without_parameters_are_zero(rng):
    out = SlotDense(3, 2, 6, (0, 3, 4))(torch.randn(10, 3, 2, generator=rng))
    assert (out != 0).all(0).tolist() == [True, False, False, True, True, False]


@pytest.mark.parametrize("filled", [None, (0, 3, 4)])
def test_further_numbers_join_the_flattened_rows(filled, rng):
    layer = SlotDense(39, 2, 6, filled, further=3)
    row, numbers = torch.randn(10, 1, 2, generator=rng), torch.randn(10, 3, generator=rng)
    torch.testing.assert_close(layer(row, numbers), layer(row.expand(10, 39, 2), numbers))
    changed = layer(row, numbers + 1) != layer(row, numbers)
    assert changed[:, list(filled or range(6))].all()
