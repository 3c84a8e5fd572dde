"""log p of whole events: total probability, permutations, sorting, kinds as numbers, as labels and as classes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from adbench_surjective_flow.arranging import Arranged, arrange, log_factorial
from adbench_surjective_flow.network import SurjectiveFlow

Make = Callable[..., SurjectiveFlow]
GRID = torch.linspace(-14, 16, 601, dtype=torch.float64)
CELL = float(GRID[1] - GRID[0])
ROW = torch.linspace(-14, 16, 121, dtype=torch.float64)


def log_p_of(network: SurjectiveFlow, values: torch.Tensor, kinds: list[int], uniform: torch.Tensor) -> torch.Tensor:
    n = len(values)
    codes = torch.tensor([kinds]).expand(n, -1)
    there = codes > 0
    return network.log_prob(values, there, codes, codes[:, :0], uniform.expand(n, -1, -1))


def orders(network: SurjectiveFlow, *first: float) -> torch.Tensor:
    """One draw whose order is that of the given numbers."""
    return torch.tensor([[[*first, *[0.5] * (network.uniforms - len(first))]]], dtype=torch.float64)


def total_probability(network: SurjectiveFlow, kinds: list[int], uniform: torch.Tensor) -> float:
    number = sum(kind > 0 for kind in kinds)
    if number == 0:
        return float(log_p_of(network, torch.zeros(1, 2).double(), kinds, uniform).exp())
    if number == 1:
        values = torch.stack([GRID, torch.zeros_like(GRID)], 1)
        return float(log_p_of(network, values, kinds, uniform).exp().sum()) * CELL
    values = torch.cartesian_prod(ROW, ROW)
    return float(log_p_of(network, values, kinds, uniform).exp().sum()) * float(ROW[1] - ROW[0]) ** 2


@pytest.mark.parametrize("discrete", ["mixture", "classifier"])
def test_all_numbers_and_kinds_of_objects_together_have_probability_one(line_flow: Make, discrete: str) -> None:
    network = line_flow(discrete=discrete, order="stochastic")
    with torch.no_grad():
        total = sum(
            total_probability(network, list(kinds), orders(network, 0.1, 0.2))
            for kinds in [(0, 0), (1, 0), (2, 0), *itertools.product((1, 2), repeat=2)]
        )
    assert total == pytest.approx(1, abs=5e-3)


def test_dequantized_kinds_too_up_to_what_lies_outside_the_kinds(line_flow: Make) -> None:
    network = line_flow(discrete="dequantized", order="stochastic", layers=1, bound=1.5)
    noises = (torch.arange(40, dtype=torch.float64) + 0.5) / 40
    with torch.no_grad():
        values = torch.stack([GRID, torch.zeros_like(GRID)], 1)
        total = 0.0
        for kind in (1, 2):
            for noise in noises:
                uniform = orders(network, 0.1, 0.2, float(noise))
                total += float(log_p_of(network, values, [kind, 0], uniform).exp().sum()) * CELL / len(noises)
    p_one = float(network.log_pattern[1].exp())
    assert 0.05 * p_one < total < p_one * (1 + 1e-3)


def test_the_dequantized_bound_is_below_the_probability_of_the_kinds(line_flow: Make) -> None:
    network = line_flow(discrete="dequantized", order="ordered", layers=2, bound=2.0)
    noises = (torch.arange(400, dtype=torch.float64) + 0.5) / 400
    values = torch.tensor([[0.3, 0.0]], dtype=torch.float64)
    with torch.no_grad():
        single = torch.stack([log_p_of(network, values, [2, 0], orders(network, 0, 0, float(u)))[0] for u in noises])
        exact = torch.logsumexp(single, 0) - math.log(len(noises))
        four = torch.logsumexp(single[torch.randperm(400)].view(100, 4), 1) - math.log(4)
    assert single.mean() < four.mean() < exact


def test_more_permutations_tighten_the_bound_towards_all_of_them(line_flow: Make) -> None:
    network = line_flow(discrete="classifier", order="stochastic")
    values = torch.tensor([[0.7, -1.1]], dtype=torch.float64)
    with torch.no_grad():
        pair = [log_p_of(network, values, [1, 2], orders(network, *u))[0] for u in ((0.1, 0.2), (0.2, 0.1))]
        exact = torch.logsumexp(torch.stack(pair), 0) - math.log(2)
        uniform = torch.rand(1, 2000, network.uniforms, dtype=torch.float64)
        assert pair[0] != pytest.approx(float(pair[1]))
        many = log_p_of(network, values, [1, 2], uniform)[0]
        means = []
        for k in (1, 2, 4):
            groups = uniform[0].view(-1, k, network.uniforms)
            means.append(float(log_p_of(network, values.expand(len(groups), 2), [1, 2], groups[:, :, :]).mean()))
    assert means[0] < means[1] < means[2] < float(exact)
    assert float(many) == pytest.approx(float(exact), abs=0.05)


def test_imputed_noise_bounds_the_probability_that_the_flow_gives_to_its_region(line_flow: Make) -> None:
    network = line_flow(discrete="mixture", order="given", missing="imputed")
    t = torch.linspace(-4.7, 4.7, 2001, dtype=torch.float64)  # the noise of an empty slot is N(-4, 0.2^2), standardised
    away = network.mean[1] + network.deviation[1] * (-4.0 + 0.2 * t)
    uniform = torch.full((len(t), 1, network.uniforms), 0.5, dtype=torch.float64)
    uniform[:, 0, -1] = torch.special.ndtr(t)
    share = torch.exp(-0.5 * t**2) / math.sqrt(2 * math.pi) * (t[1] - t[0])  # of draws in each cell
    with torch.no_grad():
        both = torch.stack([torch.full_like(away, 0.4), away], 1)
        region = float(log_p_of(network, both, [1, 1], orders(network)).exp().sum() * (away[1] - away[0]))
        one = torch.tensor([[0.4, 0.0]], dtype=torch.float64).expand(len(t), -1)
        drawn = log_p_of(network, one, [1, 0], uniform)
    assert float((share * drawn.exp()).sum()) == pytest.approx(region, rel=1e-3)
    assert float((share * drawn).sum()) < math.log(region)


@pytest.mark.parametrize("treatment", [{"order": "ordered"}, {"order": "stochastic", "scaling": "slot"}])
def test_a_sorted_density_is_that_of_the_flow_over_n_factorial_with_mass_at_most_one(
    line_flow: Make, treatment: dict[str, Any]
) -> None:
    ordered = line_flow(discrete="mixture", **treatment)
    values = torch.cartesian_prod(ROW, ROW)
    step = float(ROW[1] - ROW[0])
    with torch.no_grad():
        log_p = log_p_of(ordered, values, [1, 1], orders(ordered))
        everywhere = float(log_p.exp().sum()) * step**2
        kinds = float(torch.from_numpy(np.exp(ordered.kind_tuples.log_prob(np.array([[1, 1]])))))  # type: ignore[union-attr]
        sorted_ = values[:, 0] > values[:, 1]
        mass = 2 * float(log_p[sorted_].exp().sum()) * step**2 / kinds  # n! p over the cone
    assert everywhere == pytest.approx(kinds / 2, rel=5e-3)
    assert 0 < mass < 1


def test_objects_change_places_and_empty_slots_stay_behind() -> None:
    kinds = torch.tensor([[1, 2, 1, 0], [2, 0, 0, 0]])
    values = torch.tensor([[9.0, 1, 2, 3, 0], [8.0, 4, 0, 0, 0]])
    there = torch.tensor([[True, True, True, True, False], [True, True, False, False, False]])
    events = Arranged(values, there, kinds, kinds[:, :0])
    moved = arrange(events, torch.tensor([[0.3, 0.1, 0.2, 0.0], [0.9, 0.1, 0.2, 0.3]]), 1)
    assert moved.values.tolist() == [[9, 2, 3, 1, 0], [8, 4, 0, 0, 0]]
    assert moved.kinds.tolist() == [[2, 1, 1, 0], [2, 0, 0, 0]]
    assert torch.equal(moved.there, there)
    assert log_factorial(kinds).tolist() == pytest.approx([math.log(6), 0.0])


def test_a_class_probability_is_never_above_one(line_flow: Make) -> None:
    network = line_flow(discrete="classifier")
    kinds = torch.tensor([[1, 2], [2, 0], [0, 0], [1, 1]])
    events = Arranged(3 * torch.randn(4, 2, dtype=torch.float64), kinds > 0, kinds, kinds[:, :0])
    log_p = network.log_kinds_given(events)
    assert (log_p <= 0).all()
    assert log_p[2] == 0
    one_slot = [network.log_kinds_given(events._replace(kinds=torch.tensor([[k, 0]] * 4))) for k in (1, 2)]
    assert torch.allclose(torch.stack(one_slot).exp().sum(0), torch.ones(4).double())
