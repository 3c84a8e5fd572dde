"""The spline flow: Jacobians, missing numbers, circles, inverses, the edges of splines."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from adbench_surjective_flow.flow import SplineFlow
from adbench_surjective_flow.made import Made

from adbench.torchkit.splines import inverse_rational_quadratic, rational_quadratic

CIRCULAR = np.array([False, True, False, False, True])


def flow(circular: np.ndarray = CIRCULAR, layers: int = 3, seed: int = 0) -> SplineFlow:
    torch.manual_seed(seed)
    made = SplineFlow(circular, layers=layers, bins=6, bound=3.0, units=3, blocks=2, embedding=4).double()
    for parameter in made.parameters():
        parameter.data += 0.15 * torch.randn_like(parameter)
    return made


def points(n: int, circular: np.ndarray = CIRCULAR) -> torch.Tensor:
    x = torch.randn(n, len(circular), dtype=torch.float64) * 1.5
    angle = (2 * torch.rand(n, len(circular), dtype=torch.float64) - 1) * math.pi
    return torch.where(torch.from_numpy(circular), angle, x)


@pytest.mark.parametrize("there", [[1, 1, 1, 1, 1], [1, 0, 1, 0, 1], [0, 1, 1, 1, 0]])
def test_the_log_determinant_is_that_of_autograd_over_what_is_there(there: list[int]) -> None:
    made, label = flow(), torch.randn(1, 4, dtype=torch.float64)
    known = torch.tensor([there], dtype=torch.bool)
    places = known[0].nonzero()[:, 0]
    x = torch.where(known, points(1), 0)

    def moved(some: torch.Tensor) -> torch.Tensor:
        z, here = x.clone(), known
        z = z.index_put((torch.zeros_like(places), places), some)
        for layer in made.layers:
            z, here, _ = layer(z, here, label)
        return z[here]

    jacobian = torch.autograd.functional.jacobian(moved, x[0, places])
    total, z, here = torch.zeros(1, dtype=torch.float64), x, known
    for layer in made.layers:
        z, here, log_det = layer(z, here, label)
        total = total + log_det
    assert torch.linalg.slogdet(jacobian).logabsdet.item() == pytest.approx(total.item(), abs=1e-9)


def test_what_stands_where_a_number_is_missing_does_not_matter() -> None:
    made, label = flow(), torch.randn(20, 4, dtype=torch.float64)
    there = torch.rand(20, 5) < 0.6
    x = points(20)
    expected = made.log_prob(x, there, label)
    for other in (0.0, 7.0, math.nan, math.inf):
        filled = torch.where(there, x, other)
        assert torch.equal(made.log_prob(filled, there, label), expected)


def test_angles_are_periodic() -> None:
    made, label, there = flow(), torch.randn(30, 4, dtype=torch.float64), torch.ones(30, 5, dtype=torch.bool)
    x = points(30)
    turned = torch.where(torch.from_numpy(CIRCULAR), x + 2 * math.pi, x)
    assert torch.allclose(made.log_prob(turned, there, label), made.log_prob(x, there, label), atol=1e-9)
    just_below, just_above = x.clone(), x.clone()
    just_below[:, 1], just_above[:, 1] = math.pi - 1e-9, -math.pi + 1e-9
    below, above = (made.log_prob(y, there, label) for y in (just_below, just_above))
    assert torch.allclose(below, above, atol=1e-6)


def test_the_density_integrates_to_one_on_a_line_and_a_circle() -> None:
    made = flow(np.array([False, True]))
    n = 401
    line, circle = torch.linspace(-12, 12, 2 * n, dtype=torch.float64), torch.linspace(-math.pi, math.pi, n + 1)[:-1]
    grid = torch.cartesian_prod(line, circle.double())
    log_p = made.log_prob(
        grid, torch.ones_like(grid, dtype=torch.bool), torch.randn(1, 4).double().expand(len(grid), 4)
    )
    cell = (line[1] - line[0]) * (circle[1] - circle[0]).double()
    assert (log_p.exp().sum() * cell).item() == pytest.approx(1, abs=2e-3)


def test_samples_are_where_the_inverse_says() -> None:
    made, label = flow(), torch.randn(50, 4, dtype=torch.float64)
    there = torch.rand(50, 5) < 0.7
    z, here, steps = torch.where(there, points(50), 0), there, []
    x = z
    for layer in made.layers:
        steps.append((x, here))
        x, here, _ = layer(x, here, label)
    for layer, (before, known) in zip(reversed(made.layers), reversed(steps), strict=True):
        x, here = layer.inverse(x, here, label)
        assert torch.equal(here, known)
        difference = torch.where(here, x - before, 0)
        difference = torch.remainder(difference + math.pi, 2 * math.pi) - math.pi
        assert difference.abs().max() < 1e-6


def test_samples_have_the_density() -> None:
    made = flow(np.array([False, True]), layers=2)
    stream = torch.Generator().manual_seed(1)
    label = torch.zeros(20_000, 4, dtype=torch.float64)
    drawn = made.sample(torch.ones(20_000, 2, dtype=torch.bool), label, stream)
    line = torch.linspace(-12, 12, 600, dtype=torch.float64)
    circle = (torch.arange(64, dtype=torch.float64) + 0.5) / 64 * 2 * math.pi - math.pi
    grid = torch.cartesian_prod(line, circle)
    p = made.log_prob(grid, torch.ones_like(grid, dtype=torch.bool), label[: len(grid)].new_zeros(len(grid), 4)).exp()
    p = p.view(600, 64) / p.sum()
    for axis, values in ((0, line), (1, circle)):
        cumulative = p.sum(1 - axis).cumsum(0)
        found = (drawn[:, axis][None, :] <= values[:, None]).double().mean(1)
        assert (found - cumulative).abs().max() < 0.02  # Kolmogorov: 0.0115 at 99 %, and the width of a cell


def test_a_dimension_depends_on_those_before_it_alone() -> None:
    torch.manual_seed(0)
    network = Made(5, 1, 4, 2, 3, 9).double()
    network.last.data.normal_()
    x = torch.randn(1, 5, dtype=torch.float64)

    def shapes(x: torch.Tensor) -> torch.Tensor:
        hidden = network.hidden(x, torch.zeros(1, 3, dtype=torch.float64))
        return torch.cat([shape for _, shape in network.shapes(hidden)], 1)[0].sum(1)

    jacobian = torch.autograd.functional.jacobian(shapes, x)[:, 0]
    assert torch.equal(jacobian.triu(), torch.zeros_like(jacobian))
    assert (jacobian.tril(-1).abs().sum(1)[1:] > 0).all()
    hidden = network.hidden(x, torch.zeros(1, 3, dtype=torch.float64))
    whole = torch.cat([shape for _, shape in network.shapes(hidden)], 1)
    single = torch.cat([network.shape_of(slice(i, i + 1), hidden) for i in range(5)], 1)
    assert torch.allclose(whole, single, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_edges_of_splines_are_safe(dtype: torch.dtype) -> None:
    torch.manual_seed(3)
    bound = 5.0
    edge = torch.tensor(bound, dtype=dtype)
    x = torch.stack([-edge, edge, edge.nextafter(2 * edge), -edge.nextafter(2 * edge), 0 * edge, 100 * edge,
                     edge * math.inf, -edge * math.inf])  # fmt: skip
    shapes = [4 * torch.randn(len(x), n, dtype=dtype) for n in (7, 7, 6)]
    y, log_slope = rational_quadratic(x, *shapes, bound)
    assert torch.equal(y[torch.isinf(x)], x[torch.isinf(x)])
    assert torch.isfinite(log_slope).all()
    assert torch.allclose(y[:2], x[:2], atol=1e-5)
    assert torch.equal(y[2:4], x[2:4])
    nothing, flat = rational_quadratic(x * math.nan, *shapes, bound)
    assert nothing.isnan().all()
    assert torch.equal(flat, torch.zeros_like(flat))


def test_the_inverse_spline_undoes_the_spline() -> None:
    torch.manual_seed(4)
    x = (2 * torch.rand(2000, dtype=torch.float64) - 1) * 4
    shapes = [2 * torch.randn(2000, n, dtype=torch.float64) for n in (8, 8, 7)]
    end = torch.rand(2000, dtype=torch.float64) + 0.5
    y, _ = rational_quadratic(x, *shapes, 3.0, end)
    assert (inverse_rational_quadratic(y, *shapes, 3.0, end) - x).abs().max() < 1e-7
