"""The divergence against the Jacobian that automatic differentiation gives."""

from __future__ import annotations

import pytest
import torch
from adbench_point_diffusion.networks import ObjectNetwork
from adbench_point_diffusion.trace import Velocity, exact, hutchinson
from torch import Tensor


@pytest.fixture
def velocity() -> Velocity:
    torch.manual_seed(0)
    network = ObjectNetwork(3, 2, 4, 16, 2, 2).double().requires_grad_(False)
    torch.nn.init.normal_(network.last.weight)
    numbers, kinds = torch.randn(1, 4).double(), torch.tensor([[1, 2, 0]])

    def of(x: Tensor, angle: Tensor) -> Tensor:
        objects = x.view(len(x), 3, 3)
        return network(objects, angle, numbers.expand(len(x), -1), kinds.expand(len(x), -1)).flatten(1)

    return of


def test_exact_is_the_trace_of_the_jacobian(velocity: Velocity) -> None:
    x, angle = torch.randn(4, 9).double(), torch.tensor([0.1, 0.5, 1.0, 1.5]).double()
    v, divergence = exact(velocity, x, angle)
    torch.testing.assert_close(v, velocity(x, angle))
    for row in range(4):
        jacobian = torch.autograd.functional.jacobian(
            lambda y, row=row: velocity(y[None], angle[row : row + 1])[0], x[row]
        )
        assert float(divergence[row]) == pytest.approx(float(jacobian.trace()), rel=1e-9)
        assert abs(float(jacobian.trace())) > 1e-3


def test_all_signs_together_give_the_exact_trace(velocity: Velocity) -> None:
    x, angle = torch.randn(2, 9).double(), torch.tensor([0.3, 1.2]).double()
    every = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0]).double()] * 9)
    _, mean = hutchinson(velocity, x, angle, every.expand(2, -1, -1))
    torch.testing.assert_close(mean, exact(velocity, x, angle)[1])


def test_a_constant_velocity_has_no_divergence() -> None:
    x, angle = torch.randn(3, 2), torch.rand(3)
    for _, divergence in (
        exact(lambda y, a: torch.ones(3, 2), x, angle),
        hutchinson(lambda y, a: torch.ones(3, 2), x, angle, torch.ones(3, 1, 2)),
    ):
        assert not divergence.any()
