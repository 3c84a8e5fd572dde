"""What holds for every flow of the table."""

from __future__ import annotations

import math
from copy import deepcopy

import pytest
import torch
from adbench_flow_vae.flows import FLOWS, make_flow
from torch import Tensor


def jacobian(flow: torch.nn.Module, z: Tensor, hidden: Tensor) -> Tensor:
    """d z'_i / d z_j of every pair of events: (B, latent, B, latent)."""
    return torch.autograd.functional.jacobian(lambda point: flow(point, hidden)[0], z)


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_log_determinant_is_that_of_the_autograd_jacobian(name, seed, scale, build, points):
    flow, (z, hidden) = build(name, seed, scale), points()
    moved, log_det = flow(z, hidden)
    assert moved.shape == z.shape
    assert log_det.shape == (6,)
    matrix = torch.einsum("bibj->bij", jacobian(flow, z, hidden))
    sign, expected = torch.linalg.slogdet(matrix)
    assert (sign > 0).all()
    rounding = 1e-16 * torch.linalg.cond(matrix)  # of the expected value: a nearly singular matrix loses digits
    assert (rounding < 1e-9).sum() >= 4
    assert ((log_det - expected).abs() < 1e-9 + rounding).all()
    assert log_det.std() > 1e-3
    assert (moved - z).abs().mean() > 1e-2


def test_no_event_changes_another(name, build, points):
    flow, (z, hidden) = build(name), points()
    full = jacobian(flow, z, hidden)
    full[torch.arange(6), :, torch.arange(6)] = 0
    assert not full.any()
    moved, log_det = flow(z, hidden)
    alone = [flow(z[i : i + 1], hidden[i : i + 1]) for i in range(6)]
    torch.testing.assert_close(torch.cat([pair[0] for pair in alone]), moved, rtol=0, atol=1e-12)
    torch.testing.assert_close(torch.cat([pair[1] for pair in alone]), log_det, rtol=0, atol=1e-12)


def test_only_flows_of_the_paper_that_are_amortised_see_the_event(name, build, points):
    flow, (z, hidden) = build(name), points()
    same = torch.equal(flow(z, hidden)[0], flow(z, hidden + 1)[0])
    assert same == (name in {"convolutional", "nsf_ar"})


def test_one_row_stands_for_equal_slots(name, build, points):
    flow, (z, hidden) = build(name), points()
    row = hidden[:, :1]
    for one, all_slots in zip(flow(z, row), flow(z, row.expand_as(hidden)), strict=True):
        torch.testing.assert_close(one, all_slots, rtol=0, atol=1e-12)


def test_single_precision_agrees_with_double(name, build, points):
    flow, (z, hidden) = build(name), points(200)
    moved, log_det = flow(z, hidden)
    single = deepcopy(flow).float()(z.float(), hidden.float())
    torch.testing.assert_close(single[0].double(), moved, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(single[1].double(), log_det, rtol=1e-4, atol=1e-3)  # narrow bins


@pytest.mark.parametrize("scale", [0, 1e-8, 1, 10])
def test_gradients_are_finite_and_reach_every_parameter(name, scale, build, points):
    flow, (z, hidden) = build(name, scale=scale).float(), points(50, dtype=torch.float32)
    z = torch.cat([z, 10 * z, 0 * z])
    hidden = torch.cat([hidden, hidden, 0 * hidden]).requires_grad_()
    moved, log_det = flow(z.requires_grad_(), hidden)
    (moved.abs().sum(1) - log_det).mean().backward()
    assert torch.isfinite(moved).all()
    assert torch.isfinite(log_det).all()
    assert torch.isfinite(z.grad).all()
    for path, parameter in flow.named_parameters():
        assert parameter.grad is not None, path
        assert torch.isfinite(parameter.grad).all(), path
        if scale == 1:
            assert parameter.grad.any(), path


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")  # 1 x 1 triangles have nothing above
@pytest.mark.parametrize("latent", [1, 2])
def test_small_latent_spaces_work(name, latent, build, points):
    flow, (z, hidden) = build(name, latent=latent, vectors=1), points(latent=latent)
    _, log_det = flow(z, hidden)
    expected = torch.linalg.slogdet(torch.einsum("bibj->bij", jacobian(flow, z, hidden)))[1]
    torch.testing.assert_close(log_det, expected, rtol=0, atol=1e-9)


def test_state_survives_storing(name, build, points):
    flow, other, (z, hidden) = build(name, seed=1), build(name, seed=2), points()
    other.load_state_dict(flow.state_dict())
    assert torch.equal(flow(z, hidden)[0], other(z, hidden)[0])


def divergence(moved: Tensor, log_det: Tensor, z: Tensor) -> Tensor:
    """KL of the flow's density from a crescent: x_0 ~ N(0, 1), x_1 ~ N(x_0^2 - 1, 0.6^2)."""
    residual = (moved[:, 1] - moved[:, 0] ** 2 + 1) / 0.6
    target = -0.5 * (moved[:, 0] ** 2 + residual**2) - math.log(0.6)
    return (-0.5 * (z**2).sum(1) - log_det - target).mean()


def test_training_bends_a_gaussian_towards_a_crescent(name):
    torch.manual_seed(3)
    flow = make_flow(name, 2, 1, 1, vectors=2)
    optimiser = torch.optim.Adam(flow.parameters(), 1e-2)
    hidden, test = torch.ones(256, 1, 1), torch.randn(20_000, 2)
    for _ in range(250):
        z = torch.randn(256, 2)
        optimiser.zero_grad()
        divergence(*flow(z, hidden), z).backward()
        optimiser.step()
    with torch.no_grad():
        before = divergence(test, torch.zeros(()), test)
        after = divergence(*flow(test, torch.ones(len(test), 1, 1)), test)
    assert after < 0.3 * before


def test_without_a_flow_nothing_moves(points):
    z, hidden = points()
    moved, log_det = make_flow("none", 15, 3, 4)(z, hidden)
    assert torch.equal(moved, z)
    assert not log_det.any()


def test_steps_are_the_papers_unless_given():
    def count(*args, **options):
        return sum(p.numel() for p in make_flow(*args, **options).parameters())

    for name, (published, _) in FLOWS.items():
        assert count(name, 15, 1, 20) == count(name, 15, 1, 20, steps=published)
        assert count(name, 15, 1, 20, steps=2) * published == count(name, 15, 1, 20) * 2


def test_an_unknown_flow_names_those_there_are():
    with pytest.raises(ValueError, match=r"no flow radial; there are none, planar, .*, nsf_ar"):
        make_flow("radial", 15, 1, 20)
