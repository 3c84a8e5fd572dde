"""Labels as numbers: the way back, Jacobians against autograd, and the bound against enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from adbench_surjective_flow.classifying import Classifier
from adbench_surjective_flow.flow import SplineFlow
from adbench_surjective_flow.relaxing import ArgmaxCode, Bins, UniformNoise, VariationalNoise, relaxation_of

SIZES = (5, 2, 8)


def all_labels() -> torch.Tensor:
    return torch.cartesian_prod(*(torch.arange(size) for size in SIZES))


@pytest.mark.parametrize("relaxation", [Bins(SIZES), ArgmaxCode(SIZES)], ids=["bins", "argmax"])
def test_numbers_lead_back_to_their_label(relaxation: Bins | ArgmaxCode) -> None:
    labels = all_labels()
    noise = torch.rand(len(labels), relaxation.noises, dtype=torch.float64)
    numbers, _ = relaxation.numbers(labels, noise)
    found, exist = relaxation.labels(numbers)
    assert torch.equal(found, labels)
    assert exist.all()


def test_binary_numbers_beyond_the_last_label_do_not_exist() -> None:
    code = ArgmaxCode((5,))
    numbers, _ = ArgmaxCode((8,)).numbers(torch.arange(8)[:, None], torch.rand(8, 6))
    assert code.labels(numbers)[1][:, 0].tolist() == [True] * 5 + [False] * 3


def test_the_jacobian_of_argmax_is_that_of_autograd() -> None:
    code, label = ArgmaxCode((4,)), torch.tensor([[2]])
    noise = torch.tensor([[0.3, 0.8, 0.6, 0.1]], dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda u: code.numbers(label, u)[0][0], noise)[:, 0]  # type: ignore[no-untyped-call]
    log_slope = code.numbers(label, noise)[1].sum()
    assert float(torch.linalg.slogdet(jacobian)[1]) == pytest.approx(float(log_slope))


def test_argmax_cells_fill_the_square() -> None:
    """E_u[slope] is the area of a label's cell under the normal density: a digit has one half."""
    code = ArgmaxCode((2,))
    grid = (torch.arange(400, dtype=torch.float64) + 0.5) / 400
    noise = torch.cartesian_prod(grid, grid)
    numbers, log_slope = code.numbers(torch.zeros(len(noise), 1, dtype=torch.int64), noise)
    log_p = (-0.5 * numbers**2 - 0.5 * math.log(2 * math.pi)).sum(1)
    assert float((log_p + log_slope.sum(1)).exp().mean()) == pytest.approx(0.5, rel=1e-4)
    assert float((log_p + log_slope.sum(1)).mean()) < math.log(0.5)


def test_a_trained_argmax_flow_draws_labels_as_often_as_they_come() -> None:
    torch.manual_seed(0)
    code, there = ArgmaxCode((2,)), torch.ones(1024, 2, dtype=torch.bool)
    flow = SplineFlow(np.zeros(2, bool), layers=2, bins=8, bound=5.0, units=16, blocks=2, embedding=1)
    optimizer = torch.optim.Adam(flow.parameters(), 4e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 300)
    for _ in range(300):
        label = (torch.rand(1024, 1) < 0.2).long()
        numbers, log_slope = code.numbers(label, torch.rand(1024, 2))
        loss = -(flow.log_prob(numbers, there, torch.zeros(1024, 1)) + log_slope.sum(1)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        drawn = flow.sample(torch.ones(10_000, 2, dtype=torch.bool), torch.zeros(10_000, 1), torch.Generator())
    assert float(code.labels(drawn)[0].float().mean()) == pytest.approx(0.2, abs=0.03)
    exact = -0.2 * math.log(0.2) - 0.8 * math.log(0.8)
    assert exact - 0.05 < float(loss.detach()) < exact + 0.15


def test_the_noises_that_are_there_are_those_that_move_the_numbers_that_are_there() -> None:
    code, known = ArgmaxCode((3, 2, 7)), torch.tensor([[True, False, True]])
    noise = torch.rand(1, code.noises, dtype=torch.float64)
    labels = torch.tensor([[2, 1, 5]])
    slopes = torch.autograd.functional.jacobian(lambda u: code.numbers(labels, u)[0][0], noise)[:, 0]  # type: ignore[no-untyped-call]
    moves = slopes[code.there(known)[0]] != 0
    assert (moves.any(0) == code.noise_there(known)[0]).all()
    assert int(code.noise_there(known).sum()) == 2 * (2 + 3)


def test_noise_of_a_flow_has_the_density_that_it_says() -> None:
    torch.manual_seed(0)
    noise = VariationalNoise(1, 3, 8).double()
    for parameter in noise.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    u = ((torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000)[:, None]
    told = torch.tensor([[1.0, 0.0, 2.0]]).double().expand(len(u), -1)
    v, log_q = noise(u, torch.ones_like(u, dtype=torch.bool), told)
    assert ((v > 0) & (v < 1)).all()
    cells = v[1:, 0] - v[:-1, 0]  # q dv = du, as the map grows
    middle = 0.5 * (log_q[1:] + log_q[:-1])
    chosen = slice(50, -50)
    assert torch.allclose((middle.exp() * cells)[chosen] * len(u), torch.ones(1).double(), rtol=2e-2)


def test_missing_numbers_add_nothing_to_the_density_of_noise() -> None:
    noise = VariationalNoise(2, 3, 8)
    for parameter in noise.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    there, told = torch.tensor([[True, False]]), torch.ones(1, 3)
    one, other = (noise(torch.tensor([[0.3, u]]), there, told)[1] for u in (0.2, 0.9))
    assert one == other
    assert UniformNoise()(torch.tensor([[0.3, 0.2]]), there, told)[1] == 0


def test_only_two_treatments_make_numbers_of_labels() -> None:
    assert relaxation_of("mixture", SIZES) is None
    assert isinstance(relaxation_of("argmax", SIZES), ArgmaxCode)


@pytest.mark.parametrize("chain", [False, True])
def test_class_probabilities_of_all_labels_add_up_to_one(chain: bool) -> None:
    torch.manual_seed(0)
    classifier = Classifier(3, SIZES, 16, chain).double()
    labels = all_labels()
    log_p = classifier.log_prob(
        torch.tensor([[0.5, -1.0, 2.0]]).double().expand(len(labels), -1), labels, torch.ones_like(labels) > 0
    )
    assert float(log_p.detach().exp().sum()) == pytest.approx(1)
    assert (log_p <= 0).all()


def test_a_chain_draws_what_its_probabilities_say() -> None:
    torch.manual_seed(0)
    classifier = Classifier(1, (2, 3), 16, True)
    for parameter in classifier.parameters():
        parameter.data *= 3
    n = 40_000
    inputs, known = torch.ones(n, 1), torch.ones(n, 2, dtype=torch.bool)
    drawn = classifier.draw(inputs, known, None, torch.Generator().manual_seed(1))
    share = torch.bincount(drawn[:, 0] * 3 + drawn[:, 1], minlength=6) / n
    every = torch.cartesian_prod(torch.arange(2), torch.arange(3))
    p = classifier.log_prob(inputs[:6], every, known[:6]).exp()
    assert torch.allclose(share, p.detach(), atol=0.01)
