"""log p where the exact velocity is known: one Gaussian, and a mixture in two dimensions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from adbench_point_diffusion import adaptive
from adbench_point_diffusion.fixed import flow_to_data
from adbench_point_diffusion.likelihood import Solver, lower_bound, probability_flow
from torch import Tensor

from adbench.api import DetectorError


def signs(n: int, draws: int, dims: int) -> Tensor:
    return torch.randn(n, draws, dims, generator=torch.Generator().manual_seed(1)).sign().double()


def everything(x: Tensor) -> Tensor:
    return torch.ones_like(x) > 0


@pytest.mark.parametrize("solver", [Solver("rk4", steps=10), Solver("rk4", steps=20), Solver("rk45")])
def test_a_gaussian_with_the_exact_trace(gaussian, solver: Solver) -> None:
    x = gaussian.sample(200)
    found = probability_flow(gaussian.velocity, x, everything(x), solver)
    assert (found - gaussian.log_prob(x)).abs().max() < 0.02


@pytest.mark.parametrize("solver", [Solver("rk4", "hutchinson", steps=10, probes=2), Solver("rk45", "hutchinson")])
def test_a_correlated_gaussian_with_random_signs_in_the_mean(gaussian, solver: Solver) -> None:
    turn, _ = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(3)).double())

    def velocity(x: Tensor, angle: Tensor) -> Tensor:
        return gaussian.velocity(x @ turn.T, angle) @ turn

    y = gaussian.sample(2000)
    random = signs(len(y), solver.signs, 4)
    error = probability_flow(velocity, y @ turn, everything(y), solver, random) - gaussian.log_prob(y)
    assert float(error.std()) > 0.05  # turned, the Jacobian is not diagonal, and single events do scatter
    assert abs(float(error.mean())) < 0.02 + 3 * float(error.std()) / len(error) ** 0.5
    exact = probability_flow(velocity, y[:50] @ turn, everything(y[:50]), Solver("rk4", steps=10))
    assert (exact - gaussian.log_prob(y[:50])).abs().max() < 0.02


def test_other_signs_at_each_step_scatter_less_than_the_same_at_all(gaussian) -> None:
    turn, _ = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(3)).double())

    def velocity(x: Tensor, angle: Tensor) -> Tensor:
        return gaussian.velocity(x @ turn.T, angle) @ turn

    x = gaussian.sample(500) @ turn
    solver, draws = Solver("rk4", "hutchinson", steps=10), signs(500, 11, 4)
    varied = probability_flow(velocity, x, everything(x), solver, draws)
    same = probability_flow(velocity, x, everything(x), solver, draws[:, :1].expand(-1, 11, -1))
    truth = gaussian.log_prob(gaussian.sample(500))
    assert (varied - truth).std() < 0.7 * (same - truth).std()


def test_fixed_steps_converge_with_the_fourth_order(gaussian) -> None:
    x = gaussian.sample(50)
    errors = [
        float(
            (probability_flow(gaussian.velocity, x, everything(x), Solver(steps=n)) - gaussian.log_prob(x)).abs().max()
        )
        for n in (20, 40)
    ]
    assert errors[0] / errors[1] > 10  # 16 in the limit; a rule of order 3 would give 8


def test_numbers_that_are_missing_do_not_count(gaussian) -> None:
    x = gaussian.sample(20)
    there = everything(x)
    there[:, 2:] = False
    found = probability_flow(lambda y, a: gaussian.velocity(y, a) * there, x * there, there, Solver(steps=20))
    expected = torch.distributions.Normal(gaussian.mean[:2], gaussian.deviation[:2]).log_prob(x[:, :2]).sum(1)
    torch.testing.assert_close(found, expected, atol=0.02, rtol=0)


def test_the_bound_is_below_the_flow_and_near_it(gaussian) -> None:
    x = gaussian.sample(300)
    stream = torch.Generator().manual_seed(2)
    noise = torch.randn(300, 64, 4, generator=stream).double()
    places = torch.rand(300, 64, generator=stream).double()
    bound = lower_bound(gaussian.velocity, x, everything(x), noise, places)
    gap = probability_flow(gaussian.velocity, x, everything(x), Solver("rk45")) - bound
    spread = float(gap.std()) / len(gap) ** 0.5
    assert -3 * spread < float(gap.mean()) < 3 * spread + 0.05  # an exact velocity closes the gap but for the ends
    biased = lower_bound(lambda y, a: gaussian.velocity(y, a) + 0.3, x, everything(x), noise, places)
    assert float((bound - biased).mean()) > 0.1


def mixture(x: Tensor, angle: Tensor) -> Tensor:
    """Return the exact velocity for two Gaussians of width 0.3 at (1, 1) and (-1, 0.5)."""
    centres = torch.tensor([[1.0, 1.0], [-1.0, 0.5]]).double()
    cos, sin = angle.cos()[:, None, None], angle.sin()[:, None, None]
    variance = cos**2 * 0.09 + sin**2
    away = x[:, None] - cos * centres
    share = (-0.5 * away.square().sum(2, keepdim=True) / variance).softmax(1)
    return (share * (cos * sin * away / variance - sin * (centres + cos * 0.09 * away / variance))).sum(1)


def test_the_density_of_a_mixture_is_right_and_integrates_to_one() -> None:
    axis = torch.linspace(-2.8, 2.8, 57).double()
    grid = torch.cartesian_prod(axis, axis)
    log_p = probability_flow(mixture, grid, everything(grid), Solver("rk4", steps=20))
    assert float(log_p.exp().sum() * (axis[1] - axis[0]) ** 2) == pytest.approx(1, abs=0.02)
    centres = torch.tensor([[1.0, 1.0], [-1.0, 0.5]]).double()
    normal = torch.distributions.MultivariateNormal(centres, 0.09 * torch.eye(2).double())
    truth = torch.logsumexp(normal.log_prob(grid[:, None]), 1) - np.log(2)
    near = truth > -6
    assert (log_p - truth)[near].abs().max() < 0.02


def test_draws_follow_the_mixture() -> None:
    noise = torch.randn(4000, 2, generator=torch.Generator().manual_seed(5)).double()
    x = flow_to_data(mixture, noise, 20)
    right = x[:, 0] > 0
    assert float(right.double().mean()) == pytest.approx(0.5, abs=0.03)
    torch.testing.assert_close(x[right].mean(0), torch.tensor([1.0, 1.0]).double(), atol=0.03, rtol=0)
    torch.testing.assert_close(x[~right].std(0), torch.tensor([0.3, 0.3]).double(), atol=0.02, rtol=0)


@pytest.mark.parametrize("method", ["rk4", "rk45"])
def test_an_event_does_not_depend_on_its_company(method, gaussian) -> None:
    x = gaussian.sample(8)
    hard = torch.cat([x[:4], 40 * x[4:]])
    one, other = (probability_flow(gaussian.velocity, batch, everything(batch), Solver(method)) for batch in (x, hard))
    assert torch.equal(one[:4], other[:4])
    assert not torch.equal(one[4:], other[4:])


def test_a_velocity_that_no_step_resolves_is_an_error() -> None:
    def shaking(x: Tensor, angle: Tensor) -> Tensor:
        return 1e3 * (1e6 * x).sin()

    with pytest.raises(DetectorError, match="solver=rk4"):
        probability_flow(shaking, torch.ones(1, 1).double(), torch.ones(1, 1) > 0, Solver("rk45"))


def test_a_solution_on_the_last_step_that_is_allowed_is_one(gaussian, monkeypatch: pytest.MonkeyPatch) -> None:
    x, combined, steps = gaussian.sample(20), adaptive._combined, []

    def counted(weights: tuple[float, ...], slopes: list[Tensor]) -> Tensor:
        steps.extend([1] if weights is adaptive._FOURTH else [])
        return combined(weights, slopes)

    monkeypatch.setattr(adaptive, "_combined", counted)
    whole = probability_flow(gaussian.velocity, x, everything(x), Solver("rk45"))
    monkeypatch.setattr(adaptive, "_MOST", len(steps))
    assert torch.equal(probability_flow(gaussian.velocity, x, everything(x), Solver("rk45")), whole)
    monkeypatch.setattr(adaptive, "_MOST", len(steps) // 2 - 1)
    with pytest.raises(DetectorError, match="events need more than"):
        probability_flow(gaussian.velocity, x, everything(x), Solver("rk45"))
