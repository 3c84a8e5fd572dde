from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch
from adbench_flow_vae.graph import GraphConvolution, graph_of
from adbench_flow_vae.knn import nearest_neighbours
from adbench_flow_vae.representation import rows
from torch_geometric.nn import GCNConv


def by_hand(eta: list[float], phi: list[float], present: list[bool], k: int) -> set[tuple[int, int]]:
    links = set()
    for i in range(len(eta)):
        others = [j for j in range(len(eta)) if j != i and present[i] and present[j]]
        turn = [abs(phi[i] - phi[j]) % (2 * math.pi) for j in range(len(eta))]
        distance = {j: math.hypot(eta[i] - eta[j], min(turn[j], 2 * math.pi - turn[j])) for j in others}
        for j in sorted(others, key=distance.__getitem__)[:k]:
            links |= {(i, j), (j, i)}
    return links


@pytest.mark.parametrize("k", [1, 3, 50])
def test_links_equal_a_slow_search(collisions, k):
    objects = torch.from_numpy(rows(collisions(25))).double()
    eta, phi, present = objects[..., 2], objects[..., 3], objects[..., 4] > 0
    links = nearest_neighbours(eta, phi, present, k).links
    for event in range(25):
        mine = links[:, links[0] // 39 == event] - 39 * event
        found = set(map(tuple, mine.T.tolist()))
        assert len(found) == mine.shape[1]
        assert found == by_hand(eta[event].tolist(), phi[event].tolist(), present[event].tolist(), k)


def test_azimuth_is_periodic():
    phi = torch.tensor([[3.1, -3.0, 0.5]])
    links = nearest_neighbours(torch.zeros(1, 3), phi, torch.ones(1, 3, dtype=torch.bool), 1).links
    assert set(map(tuple, links.T.tolist())) == {(0, 1), (1, 0), (0, 2), (2, 0)}


def test_a_layer_equals_gcnconv_on_the_same_links(collisions, rng):
    objects = torch.from_numpy(rows(collisions(8)))
    h = torch.randn(8, 39, 5, generator=rng)
    graph, layer, reference = graph_of("knn", objects, 3), GraphConvolution(5, 4), GCNConv(5, 4)
    reference.load_state_dict({"bias": layer.linear.bias, "lin.weight": layer.linear.weight})
    torch.testing.assert_close(layer(h, graph), reference(h.reshape(-1, 5), graph.links).view(8, 39, 4))


def test_torch_geometric_is_imported_only_where_it_is_needed():
    code = (
        "import sys, torch; from adbench_flow_vae.vae import Vae; from adbench_flow_vae.params import FlowVaeParams\n"
        "for name in ('complete', 'complete+self', 'masked', 'knn'):\n"
        "    Vae(FlowVaeParams(adjacency=name)).scores(torch.zeros(1, 39, 5), torch.empty(1, 0))\n"
        "    print('torch_geometric' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False", "True"]
