from __future__ import annotations

import itertools

import pytest
import torch
from adbench_flow_vae.chamfer import chamfer
from torch import Tensor


@pytest.fixture
def sets(rng) -> tuple[Tensor, Tensor, Tensor]:
    x, y = torch.randn(2, 8, 6, 5, generator=rng, dtype=torch.float64)
    return x, y, torch.rand(8, 6, generator=rng) < 0.6


def brute_force(x: Tensor, y: Tensor, in_x: Tensor, in_y: Tensor) -> list[float]:
    out = []
    for b in range(len(x)):
        xs, ys = x[b][in_x[b]].tolist(), y[b][in_y[b]].tolist()
        l1 = {
            (i, j): sum(abs(p - q) for p, q in zip(xs[i], ys[j], strict=True))
            for i, j in itertools.product(range(len(xs)), range(len(ys)))
        }
        out.append(
            sum(min(l1[i, j] for j in range(len(ys))) for i in range(len(xs)))
            + sum(min(l1[i, j] for i in range(len(xs))) for j in range(len(ys)))
        )
    return out


ALL = torch.ones(8, 6, dtype=torch.bool)


def test_the_distance_equals_brute_force(sets):
    x, y, present = sets
    assert chamfer(x, y).tolist() == pytest.approx(brute_force(x, y, ALL, ALL), rel=1e-12)
    assert chamfer(x, y, present).tolist() == pytest.approx(brute_force(x, y, present, present), rel=1e-12)


def test_one_row_that_stands_for_all_equals_its_copies(sets):
    x, y, present = sets
    row, copies = y[:, :1], y[:, :1].expand(-1, 6, -1)
    torch.testing.assert_close(chamfer(x, row), chamfer(x, copies))
    torch.testing.assert_close(chamfer(x, row, present), chamfer(x, copies, present))
    nearest = (x - row).abs().sum(2)
    torch.testing.assert_close(chamfer(x, row), nearest.sum(1) + 6 * nearest.amin(1))


def test_gradients_of_one_row_equal_the_sum_over_its_copies(sets):
    x, y, present = sets
    for mask in (None, present):
        row = y[:, :1].clone().requires_grad_()
        (one,) = torch.autograd.grad(chamfer(x, row, mask).sum(), row)
        (all_copies,) = torch.autograd.grad(chamfer(x, row.expand(-1, 6, -1), mask).sum(), row)
        torch.testing.assert_close(one, all_copies)


def test_permutations_and_exchange_change_nothing(sets, rng):
    x, y, _ = sets
    distance = chamfer(x, y)
    torch.testing.assert_close(chamfer(x[:, torch.randperm(6, generator=rng)], y), distance)
    torch.testing.assert_close(chamfer(x, y[:, torch.randperm(6, generator=rng)]), distance)
    torch.testing.assert_close(chamfer(y, x), distance)


def test_zero_means_the_same_points_but_not_the_same_multiplicity(sets):
    x, y, _ = sets
    assert not chamfer(x, x.flip(1)).any()
    assert (chamfer(x, y) > 0).all()
    twice_first, twice_last = x[:, [0, 0, 1]], x[:, [0, 1, 1]]
    assert not chamfer(twice_first, twice_last).any()


def test_masked_padding_does_not_count_and_unmasked_padding_does(sets):
    x, y, present = sets
    more = torch.nn.functional.pad
    wide = [more(tensor, (0, 0, 0, 9)) for tensor in (x, y)]
    torch.testing.assert_close(chamfer(*wide, more(present, (0, 9))), chamfer(x, y, present))
    noisy = torch.where(present[..., None], y, y + 100)
    torch.testing.assert_close(chamfer(x, noisy, present), chamfer(x, y, present))
    assert not torch.allclose(chamfer(*wide), chamfer(x, y))


def test_an_event_without_objects_has_distance_zero(sets):
    x, y, _ = sets
    for other in (y, y[:, :1]):
        other = other.clone().requires_grad_()
        distance = chamfer(x, other, torch.zeros_like(ALL))
        assert not distance.any()
        assert not torch.autograd.grad(distance.sum(), other)[0].any()
