from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.loss import beta_loss, kl_divergence
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.representation import rows
from adbench_flow_vae.scores import radius
from adbench_flow_vae.vae import Vae
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


def test_with_beta_one_neither_decoder_nor_flow_is_trained(collisions, rng):
    network = Vae(FlowVaeParams(beta=1.0, flow="householder"))
    network.loss(torch.from_numpy(rows(collisions(20))), torch.randn(20, 15, generator=rng)).sum().backward()
    assert not any(p.grad.any() for part in (network.decoder, network.flow) for p in part.parameters())
    assert any(p.grad.any() for p in network.encoder.parameters())


def test_the_loss_uses_one_draw_and_the_score_the_mean(collisions, rng):
    objects = torch.from_numpy(rows(collisions(20)))
    network = Vae(FlowVaeParams(beta=0.25, flow="householder"))
    network.scale.fit(objects.numpy(), torch.ones(20).numpy())
    mu, log_var, hidden = network.encode(objects).posterior
    noise = torch.randn(20, 15, generator=rng)
    scores = network.scores(objects)
    at_mean = network.distance(network.encode(objects))
    torch.testing.assert_close(scores["chamfer"], at_mean)
    torch.testing.assert_close(network.scores(objects, torch.zeros(3, 20, 15))["chamfer"], at_mean)
    expected = 0.25 * kl_divergence(mu, log_var) + 0.75 * network.distance(network.encode(objects), noise)
    torch.testing.assert_close(network.loss(objects, noise), expected)
    two = torch.stack([noise, -noise])
    mean = (network.distance(network.encode(objects), noise) + network.distance(network.encode(objects), -noise)) / 2
    torch.testing.assert_close(network.scores(objects, two)["chamfer"], mean)
    torch.testing.assert_close(scores["kl"], kl_divergence(mu, log_var))
    torch.testing.assert_close(scores["rz"], radius(mu, log_var))
    assert hidden.shape == (20, 1, 2)
