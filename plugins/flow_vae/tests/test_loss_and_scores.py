from __future__ import annotations

import math

import pytest
import torch
from adbench_flow_vae.loss import beta_loss, divergence_behind_flow, kl_divergence
from adbench_flow_vae.scores import radius
from torch import Tensor
from torch.distributions import Normal


def test_the_divergence_equals_torch_distributions(rng):
    mu, log_var = torch.randn(2, 50, 15, generator=rng, dtype=torch.float64)
    prior = Normal(torch.zeros(15, dtype=torch.float64), 1.0)
    expected = torch.distributions.kl_divergence(Normal(mu, (0.5 * log_var).exp()), prior).sum(1)
    torch.testing.assert_close(kl_divergence(mu, log_var), expected)
    assert kl_divergence(torch.zeros(1, 15), torch.zeros(1, 15)).tolist() == [0.0]


def test_the_radius_by_hand():
    mu = torch.tensor([[3.0, 4.0], [1.0, -2.0]])
    sigma = torch.tensor([[1.0, 2.0], [0.5, 0.1]])
    assert radius(mu, 2 * sigma.log()).tolist() == pytest.approx([9 + 4, 4 + 400], rel=1e-5)


def test_beta_weighs_divergence_against_distance():
    kl, distance = torch.tensor([2.0, 8.0]), torch.tensor([10.0, 0.0])
    assert beta_loss(kl, distance, 0.25).tolist() == [8.0, 2.0]


def draws(noise: Tensor, mu: Tensor, log_var: Tensor, stretch: float = 1, shift: float = 0) -> Tensor:
    """The divergence behind z -> stretch z + shift for each draw, (draws, events)."""
    many = len(noise)
    mapped = stretch * (mu + (0.5 * log_var).exp() * noise) + shift
    log_det = torch.full((many * len(mu),), mu.shape[1] * math.log(stretch), dtype=mu.dtype)
    flat = (noise.flatten(0, 1), log_var.repeat(many, 1), mapped.flatten(0, 1), log_det)
    return divergence_behind_flow(*flat).view(many, -1)


def test_the_divergence_behind_no_flow_is_the_closed_form_in_the_mean(rng):
    mu, log_var = torch.randn(2, 4, 3, generator=rng, dtype=torch.float64)
    noise = torch.randn(200_000, 4, 3, generator=rng, dtype=torch.float64)
    values = draws(noise, mu, log_var)
    error = values.std(0) / len(values) ** 0.5
    assert ((values.mean(0) - kl_divergence(mu, log_var)).abs() < 4 * error).all()


def test_the_divergence_behind_a_flow_is_that_of_the_mapped_density(rng):
    """z -> 3 z + 1 turns N(mu, sigma) into N(3 mu + 1, 3 sigma), whose divergence is known."""
    mu, log_var = torch.randn(2, 4, 3, generator=rng, dtype=torch.float64)
    noise = torch.randn(100_000, 4, 3, generator=rng, dtype=torch.float64)
    values = draws(noise, mu, log_var, stretch=3, shift=1)
    error = values.std(0) / len(values) ** 0.5
    expected = kl_divergence(3 * mu + 1, log_var + 2 * math.log(3))
    assert ((values.mean(0) - expected).abs() < 4 * error).all()
