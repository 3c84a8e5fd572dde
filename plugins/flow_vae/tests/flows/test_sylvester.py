from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.flows.base import INSIDE
from adbench_flow_vae.flows.householder import Reflections, triangular_factor
from adbench_flow_vae.flows.orthogonal import OrthogonalSylvester, orthonormal
from adbench_flow_vae.flows.sylvester import Turn
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

SYLVESTER = ("orthogonal", "householder", "triangular")


def written_out(turn: Turn, m: int, z: Tensor) -> Tensor:
    """Q of each event, (B, latent, m), column by column."""
    units = torch.eye(m, dtype=z.dtype)[:, :, None].expand(m, m, len(z))
    return torch.stack([turn.forth(unit) for unit in units]).permute(2, 1, 0)


def assert_orthonormal(q: Tensor, tolerance: float) -> None:
    q = q.double()
    excess = q.mT @ q - torch.eye(q.shape[2], dtype=torch.float64)
    assert excess.abs().max() < tolerance


@pytest.mark.parametrize("scale", [0.01, 1, 100])
@pytest.mark.parametrize("name", SYLVESTER)
def test_the_columns_are_orthonormal_in_single_precision(name, scale, build, points):
    flow, (z, hidden) = build(name, scale=scale).float(), points(500, dtype=torch.float32)
    for turn in flow.turns(hidden):
        assert_orthonormal(written_out(turn, flow.m, z), 1e-6)


@pytest.mark.parametrize("name", SYLVESTER)
def test_back_is_the_transpose_of_forth(name, build, points):
    flow, (z, hidden) = build(name), points()
    for turn in flow.turns(hidden):
        q = written_out(turn, flow.m, z)
        torch.testing.assert_close(turn.back(z.T).T, (q.mT @ z[..., None])[..., 0])


@pytest.mark.parametrize("name", SYLVESTER)
def test_the_steps_are_the_formula_written_with_matrices(name, build, points):
    flow, (z, hidden) = build(name), points()
    m, expected = flow.m, z
    triangles = flow.triangles(hidden).view(6, flow.steps, 2, m, m)
    vectors = flow.vectors(hidden).view(6, flow.steps, 3, m)
    for k, turn in enumerate(flow.turns(hidden)):
        q = written_out(turn, m, z)
        r1, r2 = (triangles[:, k, i] + torch.diag_embed(vectors[:, k, i].tanh() * INSIDE) for i in range(2))
        assert not r1.tril(-1).any()
        assert not r2.tril(-1).any()
        inner = (r2 @ q.mT @ expected[..., None])[..., 0] + vectors[:, k, 2]
        expected = expected + (q @ r1 @ inner.tanh()[..., None])[..., 0]
    torch.testing.assert_close(flow(z, hidden)[0], expected, rtol=0, atol=1e-10)
    assert (flow(z, hidden)[0] - z).abs().max() > 0.1


@settings(deadline=None, max_examples=30)
@given(size=st.floats(0, 1000), seed=st.integers(0, 1000), name=st.sampled_from(SYLVESTER))
def test_every_step_is_invertible_whatever_its_parameters(size, seed, name):
    from adbench_flow_vae.flows import make_flow

    torch.manual_seed(seed)
    flow = make_flow(name, 5, 1, 2, steps=1, vectors=3)
    with torch.no_grad():
        for parameter in flow.parameters():
            parameter.mul_(size)
    log_det = flow(torch.randn(50, 5), torch.randn(50, 1, 2))[1]
    assert torch.isfinite(log_det).all()  # NaN where a factor 1 + r1 r2 tanh' is negative, infinite where it is 0


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("r", [1, 2, 8, 20])
def test_reflections_multiply_to_the_product_of_the_single_ones(dtype, tolerance, r, rng):
    v = torch.randn(r, 15, 50, generator=rng, dtype=dtype) * 10 ** torch.rand(r, 1, 50, generator=rng, dtype=dtype)
    q = written_out(Reflections(v, triangular_factor(v)), 15, v[0].T)
    product = torch.eye(15, dtype=dtype).expand(50, 15, 15)
    for vector in v:
        unit = (vector / vector.norm(dim=0)).T
        product = product @ (torch.eye(15, dtype=dtype) - 2 * unit[:, :, None] * unit[:, None, :])
    torch.testing.assert_close(q, product, rtol=0, atol=tolerance)


def test_a_vector_of_length_zero_reflects_nothing(rng):
    v = torch.randn(4, 15, 3, generator=rng)
    with_zero = torch.cat([v[:2], torch.zeros(1, 15, 3), v[2:]])
    q = [written_out(Reflections(x, triangular_factor(x)), 15, x[0].T) for x in (v, with_zero)]
    torch.testing.assert_close(*q)


def test_nearly_parallel_vectors_become_orthonormal_and_span_the_same_space(rng):
    direction = torch.randn(1, 15, 40, generator=rng)
    v = direction + 1e-3 * torch.randn(8, 15, 40, generator=rng)
    q = orthonormal(v).permute(2, 1, 0)
    assert_orthonormal(q, 1e-6)
    precise = v.double().permute(2, 1, 0)
    away = precise - q.double() @ (q.double().mT @ precise)
    assert away.norm() < 1e-5 * precise.norm()


def test_more_columns_than_dimensions_are_refused():
    with pytest.raises(ValueError, match="8 orthonormal vectors do not fit into 5 latent dimensions; take at most 5"):
        OrthogonalSylvester(5, 1, 20, 6, 8)
