"""Flows against autograd, losses that are bounded or not, the linear network against principal components."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

import numpy as np
import pytest
import torch
from adbench_quak.flows import FlowChain, Planar
from adbench_quak.params import QuakParams
from adbench_quak.vae import NfVae

KINDS = ["maf", "planar", "radial", "realnvp", "none"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tied", [False, True])
def test_the_log_determinant_is_that_of_autograd(kind: str, tied: bool) -> None:
    torch.manual_seed(0)
    chain = FlowChain(kind, 4, 3, tied).double()
    for parameter in chain.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    z = torch.randn(5, 4, dtype=torch.float64)
    _, log_det = chain(z)
    for i in range(len(z)):
        jacobian = torch.autograd.functional.jacobian(lambda x: chain(x[None])[0][0], z[i])
        assert torch.linalg.slogdet(jacobian).logabsdet.item() == pytest.approx(log_det[i].item(), abs=1e-9)


def test_a_planar_step_can_be_undone_at_its_very_edge() -> None:
    step = Planar(2)
    step.w.data, step.u.data = torch.tensor([4.0, 0.0]), torch.tensor([-5.0, 0.0])  # softplus(w u) rounds to 0
    _, log_det = step(torch.zeros(1, 2))
    assert torch.isfinite(log_det).all()


def test_a_masked_step_is_undone_by_its_inverse() -> None:
    torch.manual_seed(1)
    chain = FlowChain("maf", 4, 1, False).double()
    z = torch.randn(50, 4, dtype=torch.float64)
    moved, _ = chain.steps[0](z)
    assert (chain.steps[0].inverse(moved)[0] - z).abs().max() < 1e-8


def fit(loss: Literal["elbo", "paper"], steps: int) -> tuple[float, float]:
    torch.manual_seed(2)
    network = NfVae(QuakParams(loss=loss, flow="planar", latent=4, widths=(50, 30, 20), beta=1.0), 6)
    x = torch.randn(512, 6)
    adam = torch.optim.Adam(network.parameters(), 1e-2)
    values = []
    for _ in range(steps):
        adam.zero_grad()
        value = network.loss(x, torch.randn(512, 4)).mean()
        value.backward()
        adam.step()
        values.append(value.item())
    return float(np.mean(values[steps // 2 - 10 : steps // 2])), float(np.mean(values[-10:]))


def test_the_elbo_has_a_floor_and_the_published_loss_keeps_falling() -> None:
    middle, end = fit("elbo", 300)
    assert end > -0.5 * 6 * math.log(2 * math.pi) - 10
    assert abs(middle - end) < 1.0
    middle, end = fit("paper", 300)
    assert end < middle - 1.0


def test_the_bound_of_a_linear_network_is_the_likelihood_of_its_gaussian() -> None:
    torch.manual_seed(5)
    params = QuakParams(flow="none", linear=True, latent=2, widths=(8,), beta=0.5, draws=4000)
    network = NfVae(params, 6).double()
    network.scale.deviation.copy_(torch.tensor([1.0, 2.0, 0.5, 1.0, 3.0, 1.0]))
    network.scale.mean.copy_(torch.arange(6.0))
    head = network.encoder[-1]
    decoder = network.decoder[1].weight @ network.decoder[0].weight  # from the latent space
    offset = network.decoder[1].weight @ network.decoder[0].bias + network.decoder[1].bias
    x = 0.5 * torch.randn(20, 6, dtype=torch.float64) + torch.arange(6.0)
    covariance = decoder @ decoder.T + 0.25 * torch.eye(6, dtype=torch.float64)  # variance beta / 2
    exact = torch.distributions.MultivariateNormal(offset, covariance).log_prob(network.scale(x)) - math.log(3.0)
    with torch.no_grad():  # a posterior as wide as the prior, so that few draws are enough
        head.weight.zero_()
        head.bias.zero_()
        found, few = network.bound(x), NfVae(dataclasses.replace(params, draws=1), 6).double()
        few.load_state_dict({**network.state_dict(), "noise": few.noise})
        assert (found + exact).abs().max() < 0.2
        assert few.bound(x).mean() > found.mean()


def test_without_a_flow_and_noise_both_losses_are_the_same_up_to_the_divergence() -> None:
    torch.manual_seed(3)
    network = NfVae(QuakParams(flow="none", latent=4, beta=1.0), 6).double()
    paper = NfVae(QuakParams(flow="none", latent=4, beta=1.0, loss="paper"), 6).double()
    paper.load_state_dict(network.state_dict())
    x = torch.randn(1, 6, dtype=torch.float64).expand(200_000, -1)
    noise = torch.randn(200_000, 4, dtype=torch.float64)
    assert network.loss(x, noise).mean().item() == pytest.approx(paper.loss(x, noise).mean().item(), abs=0.02)


def test_a_linear_network_finds_the_space_of_the_principal_components() -> None:
    rng = np.random.default_rng(4)
    axes = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    x = (rng.normal(size=(2000, 6)) * [5, 3, 0.1, 0.1, 0.1, 0.1]) @ axes.T
    torch.manual_seed(4)
    network = NfVae(
        QuakParams(flow="none", beta=0.0, coordinate="error", linear=True, latent=2, widths=(8,)), 6
    ).double()
    data = torch.from_numpy(x)
    adam = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(800):
        adam.zero_grad()
        network.loss(data, torch.zeros(2000, 2, dtype=torch.float64)).mean().backward()
        adam.step()
    left = network.error(data).mean().item() * 6
    assert left == pytest.approx(0.04, rel=0.15)  # four directions of variance 0.01
