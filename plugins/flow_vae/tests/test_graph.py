"""Closed forms against the dense matrix and against torch-geometric."""

from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.graph import GraphConvolution, graph_of
from adbench_flow_vae.representation import rows
from torch import Tensor
from torch_geometric.nn import GCNConv

N = 39


def dense(name: str, present: Tensor) -> Tensor:
    """A_hat of each event, (B, N, N), written out."""
    ones, identity = torch.ones(len(present), N, N), torch.eye(N)
    if name == "complete":
        a = ones - identity + identity  # A has no self loops; A + I does
        degree = a.sum(2)
        return a / (degree[:, :, None] * degree[:, None, :]).sqrt()
    if name == "complete+self":
        a = ones + identity  # A has self loops; I comes on top; rows are normalised
        return a / a.sum(2, keepdim=True)
    heard = present[:, None, :].expand(-1, N, -1).float()
    return heard / heard.sum(2, keepdim=True)


@pytest.fixture
def objects(collisions) -> Tensor:
    return torch.from_numpy(rows(collisions(12))).double()


@pytest.mark.parametrize("name", ["complete", "complete+self", "masked"])
def test_a_layer_equals_dense_a_hat_h_w(name, objects, rng):
    h = torch.randn(12, N, 5, generator=rng, dtype=torch.float64)
    layer, graph = GraphConvolution(5, 7).double(), graph_of(name, objects, 4)
    expected = dense(name, objects[..., 4] > 0).double() @ h @ layer.linear.weight.T + layer.linear.bias
    torch.testing.assert_close(layer(h, graph).expand(-1, N, -1), expected)


@pytest.mark.parametrize("name", ["complete", "complete+self", "masked"])
def test_three_layers_equal_three_dense_layers(name, objects, rng):
    h = x = torch.randn(12, N, 5, generator=rng, dtype=torch.float64)
    graph, a_hat = graph_of(name, objects, 4), dense(name, objects[..., 4] > 0).double()
    for layer in (
        GraphConvolution(5, 32).double(),
        GraphConvolution(32, 16).double(),
        GraphConvolution(16, 2).double(),
    ):
        h = layer(h, graph).relu()
        x = (a_hat @ x @ layer.linear.weight.T + layer.linear.bias).relu()
    torch.testing.assert_close(h.expand(-1, N, -1), x)


def test_the_complete_graph_equals_torch_geometric_and_so_do_its_gradients(rng):
    h = torch.randn(6, N, 5, generator=rng)
    layer, reference = GraphConvolution(5, 32), GCNConv(5, 32)
    reference.load_state_dict({"bias": layer.linear.bias, "lin.weight": layer.linear.weight})
    event, source, target = (~torch.eye(N, dtype=torch.bool)).expand(6, N, N).nonzero(as_tuple=True)
    theirs = reference(h.reshape(-1, 5), torch.stack([event * N + source, event * N + target])).view(6, N, 32)
    ours = layer(h, graph_of("complete", h, 4)).expand(-1, N, -1)
    torch.testing.assert_close(ours, theirs)
    slope = torch.randn(6, N, 32, generator=rng)
    (ours * slope).sum().backward()
    (theirs * slope).sum().backward()
    torch.testing.assert_close(layer.linear.weight.grad, reference.lin.weight.grad, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(layer.linear.bias.grad, reference.bias.grad, rtol=1e-4, atol=1e-4)


def test_padding_is_heard_on_the_complete_graph_and_not_on_the_masked_one(objects, rng):
    h = torch.randn(12, N, 5, generator=rng, dtype=torch.float64)
    changed = torch.where((objects[..., 4] > 0)[..., None], h, h + 1)
    layer = GraphConvolution(5, 7).double()
    for name, heard in (("complete", True), ("complete+self", True), ("masked", False)):
        graph = graph_of(name, objects, 4)
        same = torch.allclose(layer(h, graph)[:, :1], layer(changed, graph)[:, :1])
        assert same is not heard, name


def test_an_event_without_objects_hears_nothing(rng):
    layer = GraphConvolution(5, 7)
    out = layer(torch.randn(1, N, 5, generator=rng), graph_of("masked", torch.zeros(1, N, 5), 4))
    torch.testing.assert_close(out, layer.linear.bias.expand(1, 1, 7))
