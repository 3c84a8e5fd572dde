from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.flows import Chain, HouseholderSylvester, make_flow
from adbench_flow_vae.flows.householder import Reflections
from torch import Tensor


@pytest.fixture(params=[1, 3])
def hidden(request, rng) -> Tensor:
    return torch.randn(6, request.param, 2, generator=rng, dtype=torch.float64)


@pytest.fixture
def z(rng) -> Tensor:
    return torch.randn(6, 15, generator=rng, dtype=torch.float64)


@pytest.fixture
def flow() -> Chain:
    torch.manual_seed(4)
    return make_flow("householder", latent=15, slots=3, n=2, flows=6, reflections=8).double()


def matrices(step: HouseholderSylvester, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Q, R1, R2 and b of each event, written out."""
    v = step.vectors(hidden).view(6, 8, 15)
    q = torch.eye(15, dtype=torch.float64) - v.mT @ step.reflections(v) @ v
    d1, d2 = step.diagonals(hidden).tanh().chunk(2, 1)
    r1 = step.upper_1(hidden).view(6, 15, 15) + torch.diag_embed(d1)
    r2 = step.upper_2(hidden).view(6, 15, 15) + torch.diag_embed(d2)
    return q, r1, r2, step.shift(hidden)


def jacobian(flow: torch.nn.Module, z: Tensor, hidden: Tensor) -> Tensor:
    full = torch.autograd.functional.jacobian(lambda points: flow(points, hidden)[0], z)
    return torch.stack([full[i, :, i] for i in range(len(z))])


def test_the_log_determinant_is_that_of_the_autograd_jacobian(flow, z, hidden):
    _, log_det = flow(z, hidden)
    sign, expected = torch.linalg.slogdet(jacobian(flow, z, hidden))
    assert (sign > 0).all()
    torch.testing.assert_close(log_det, expected, rtol=0, atol=1e-9)
    assert log_det.std() > 0.01


def test_no_event_changes_another(flow, z, hidden):
    full = torch.autograd.functional.jacobian(lambda points: flow(points, hidden)[0], z)
    full[torch.arange(6), :, torch.arange(6)] = 0
    assert not full.any()


def inverse(step: HouseholderSylvester, moved: Tensor, hidden: Tensor) -> Tensor:
    """Solve z + Q R1 tanh(R2 Q^T z + b) = moved for u = Q^T z, last coordinate first, by bisection."""
    q, r1, r2, shift = matrices(step, hidden)
    target = (q.mT @ moved[..., None])[..., 0]
    u, bent = torch.zeros_like(target), torch.zeros_like(target)
    for i in reversed(range(15)):
        offset = (r2[:, i] * u).sum(1) + shift[:, i]
        pushed = (r1[:, i] * bent).sum(1)
        low, high = target[:, i] - pushed - 2, target[:, i] - pushed + 2
        for _ in range(80):
            middle = (low + high) / 2
            value = middle + pushed + r1[:, i, i] * torch.tanh(offset + r2[:, i, i] * middle)
            low, high = torch.where(value < target[:, i], middle, low), torch.where(value < target[:, i], high, middle)
        u[:, i] = (low + high) / 2
        bent[:, i] = torch.tanh(offset + r2[:, i, i] * u[:, i])
    return (q @ u[..., None])[..., 0]


def test_the_flow_is_inverted_step_by_step(flow, z, hidden):
    point, _ = flow(z, hidden)
    for step in reversed(flow.steps):
        point = inverse(step, point, hidden)
    torch.testing.assert_close(point, z, rtol=0, atol=1e-9)


def test_large_parameters_keep_every_step_invertible(z, hidden):
    torch.manual_seed(1)
    step = HouseholderSylvester(15, 3, 2, 8).double()
    with torch.no_grad():
        for parameter in step.parameters():
            parameter.mul_(20)
    sign, _ = torch.linalg.slogdet(jacobian(step, z, hidden))
    assert (sign > 0).all()
    assert torch.isfinite(step(z, hidden)[1]).all()


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("m", [1, 2, 8, 20])
def test_reflections_multiply_to_an_orthogonal_matrix(dtype, tolerance, m, rng):
    v = torch.randn(50, m, 15, generator=rng, dtype=dtype) * 10 ** torch.rand(50, m, 1, generator=rng, dtype=dtype)
    q = torch.eye(15, dtype=dtype) - v.mT @ Reflections(m).to(dtype)(v) @ v
    torch.testing.assert_close(q.mT @ q, torch.eye(15, dtype=dtype).expand(50, 15, 15), rtol=0, atol=tolerance)
    product = torch.eye(15, dtype=dtype).expand(50, 15, 15)
    for i in range(m):
        unit = v[:, i] / v[:, i].norm(dim=1, keepdim=True)
        product = product @ (torch.eye(15, dtype=dtype) - 2 * unit[:, :, None] * unit[:, None, :])
    torch.testing.assert_close(q, product, rtol=0, atol=10 * tolerance)


def test_a_vector_of_length_zero_reflects_nothing(rng):
    v = torch.randn(3, 4, 15, generator=rng)
    with_zero = torch.cat([v[:, :2], torch.zeros(3, 1, 15), v[:, 2:]], 1)
    q = [torch.eye(15) - x.mT @ Reflections(x.shape[1])(x) @ x for x in (v, with_zero)]
    torch.testing.assert_close(*q)


def test_a_step_is_the_sylvester_formula_written_with_matrices(flow, z, hidden):
    for step in flow.steps:
        q, r1, r2, shift = matrices(step, hidden)
        assert not r1.tril(-1).any()
        assert not r2.tril(-1).any()
        assert (r1.diagonal(0, 1, 2) * r2.diagonal(0, 1, 2) > -1).all()
        inner = (r2 @ q.mT @ z[..., None])[..., 0] + shift
        torch.testing.assert_close(step(z, hidden)[0], z + (q @ r1 @ inner.tanh()[..., None])[..., 0])


def test_without_a_flow_nothing_moves(z, hidden):
    moved, log_det = make_flow("none", 15, 3, 2, 6, 8)(z, hidden)
    assert torch.equal(moved, z)
    assert not log_det.any()
