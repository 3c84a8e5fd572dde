"""The factor 1 + h' u w of planar and convolutional flows stays positive."""

from __future__ import annotations

import math

import pytest
import torch
from adbench_flow_vae.flows.above_minus_one import above_minus_one, shrink
from adbench_flow_vae.flows.base import INSIDE
from adbench_flow_vae.flows.planar import bounded
from hypothesis import given
from hypothesis import strategies as st

VECTORS = st.lists(st.floats(-1e3, 1e3, width=32), min_size=3, max_size=3)


def test_the_map_is_the_shifted_softplus():
    x = torch.linspace(-20, 20, 401, dtype=torch.float64)
    expected = torch.log1p((math.e - 1) * x.exp()) - 1
    expected = INSIDE * expected
    torch.testing.assert_close(above_minus_one(x), expected, rtol=0, atol=1e-14)
    large = torch.tensor([50.0, 1e4, 1e30], dtype=torch.float64)
    torch.testing.assert_close(above_minus_one(large), INSIDE * (large + math.log(1 - 1 / math.e)))


def test_the_map_increases_and_stays_above_minus_one():
    x = torch.linspace(-15, 200, 4001, dtype=torch.float64)
    y = above_minus_one(x)
    assert (y > -1).all()
    assert (y.diff() > 0).all()
    assert above_minus_one(torch.zeros(1)) == 0


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-4)])
def test_the_quotient_is_smooth_through_zero(dtype, tolerance):
    exact = torch.cat([10 ** torch.linspace(-12, 1.5, 300, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)])
    exact = torch.cat([exact, -exact])
    x = exact.to(dtype).requires_grad_()
    shrink(x).sum().backward()
    p, wide = 1 - 1 / math.e, exact[exact != 0]
    value = above_minus_one(wide) / wide
    slope = INSIDE * p * wide.exp() / (1 - p + p * wide.exp())
    torch.testing.assert_close(shrink(x).detach()[exact != 0].double(), value, rtol=0, atol=tolerance)
    apart = wide.abs() > 1e-3  # nearer to 0 the difference below has no digits left
    gradient = ((slope - value) / wide)[apart]
    torch.testing.assert_close(x.grad[exact != 0][apart].double(), gradient, rtol=0, atol=tolerance)
    torch.testing.assert_close(
        x.grad[exact.abs() < 1e-7], torch.full_like(x.grad[exact.abs() < 1e-7], INSIDE * 0.5 * p * (1 - p))
    )


@given(u=VECTORS, w=VECTORS)
def test_planar_steps_are_invertible_for_all_parameters(u, w):
    first, second = (torch.tensor([v], dtype=torch.float64) for v in (u, w))
    moved, product = bounded(first, second)
    x, y = float((first * second).sum()), float((moved * second).sum())
    assert float(product) >= -INSIDE
    assert abs(y - float(product)) <= 1e-9 * max(1, abs(x))
    assert torch.isfinite(moved).all()
    across = (moved - first) - second * ((moved - first) * second).sum() / (second**2).sum().clamp_min(1e-300)
    assert across.abs().max() <= 1e-9 * (1 + first.abs().max())


def test_a_planar_step_without_direction_is_a_shift():
    u = torch.randn(4, 3)
    assert torch.equal(bounded(u, torch.zeros(4, 3))[0], u)


def test_small_directions_do_not_explode():
    u, w = torch.randn(100, 15), torch.randn(100, 15)
    for size in (1, 1e-3, 1e-6):
        assert bounded(u, size * w)[0].norm() < 1.5 * u.norm()
