"""The networks know neither the order of objects nor what stands in empty slots."""

from __future__ import annotations

import pytest
import torch
from adbench_point_diffusion.networks import EventNetwork, ObjectNetwork

KINDS = torch.tensor([[1, 2, 1, 0, 0], [2, 2, 1, 1, 1], [1, 0, 0, 0, 0]])


@pytest.fixture
def network() -> ObjectNetwork:
    torch.manual_seed(0)
    network = ObjectNetwork(3, 2, 4, 16, 2, 2)
    torch.nn.init.normal_(network.last.weight)
    return network


def test_moved_objects_have_their_velocities_moved(network: ObjectNetwork) -> None:
    x, angle, numbers = torch.randn(3, 5, 3), torch.rand(3), torch.randn(3, 4)
    order = torch.tensor([4, 2, 0, 3, 1])
    moved = network(x[:, order], angle, numbers, KINDS[:, order])
    there = KINDS > 0
    torch.testing.assert_close(moved[there[:, order]], network(x, angle, numbers, KINDS)[:, order][there[:, order]])


def test_empty_slots_do_not_matter(network: ObjectNetwork) -> None:
    x, angle, numbers = torch.randn(3, 5, 3), torch.rand(3), torch.randn(3, 4)
    expected = network(x, angle, numbers, KINDS)[KINDS > 0]
    filled = torch.where((KINDS > 0)[..., None], x, 1e3)
    torch.testing.assert_close(network(filled, angle, numbers, KINDS)[KINDS > 0], expected)
    wide = torch.cat([x, torch.randn(3, 4, 3)], 1), torch.cat([KINDS, torch.zeros(3, 4, dtype=torch.long)], 1)
    torch.testing.assert_close(network(wide[0], angle, numbers, wide[1])[wide[1] > 0], expected)


def test_objects_angle_numbers_and_kinds_do_matter(network: ObjectNetwork) -> None:
    x, angle, numbers = torch.randn(3, 5, 3), torch.rand(3), torch.randn(3, 4)
    usual = network(x, angle, numbers, KINDS)[:, 0]
    neighbour = x.clone()
    neighbour[:2, 1] += 1
    for changed in (
        network(neighbour, angle, numbers, KINDS)[:2, 0] - usual[:2],
        network(x, angle + 0.2, numbers, KINDS)[:, 0] - usual,
        network(x, angle, numbers + 0.2, KINDS)[:, 0] - usual,
        network(x, angle, numbers, torch.where(KINDS > 0, 3 - KINDS, 0))[:, 0] - usual,
    ):
        assert (changed.abs().amax(1) > 1e-3).all()


def test_before_training_nothing_moves() -> None:
    assert not ObjectNetwork(3, 2, 4, 16, 2, 1)(torch.randn(3, 5, 3), torch.rand(3), torch.randn(3, 4), KINDS).any()
    assert not EventNetwork(4, 8, 2)(torch.randn(3, 4), torch.rand(3)).any()


def test_both_ends_of_the_angle_are_finite(network: ObjectNetwork) -> None:
    ends = torch.tensor([0.0, torch.pi / 2, 0.7])
    assert network(torch.randn(3, 5, 3), ends, torch.randn(3, 4), KINDS).isfinite().all()
