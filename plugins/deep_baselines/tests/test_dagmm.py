from __future__ import annotations

import numpy as np
import pytest
import torch
from adbench_deep_baselines.dagmm import Dagmm, DagmmNetwork, energies, estimate
from adbench_deep_baselines.params import DagmmParams
from sklearn.mixture import GaussianMixture

from adbench import torchkit
from adbench.api import RunContext

PARAMS = DagmmParams(latent=2, components=3, dropout=0.0, regularisation=1e-4)


@pytest.fixture
def points(rng) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=(300, 4)) @ rng.normal(size=(4, 4)) + rng.normal(size=4))


@pytest.fixture
def gamma(rng) -> torch.Tensor:
    return torch.from_numpy(rng.dirichlet([1.0, 2.0, 0.5], 300))


def test_energy_is_minus_the_log_density_of_scikit_learn(points, gamma):
    shares, means, covariances = estimate(points, gamma, torch.ones(300), 1e-3)
    reference = GaussianMixture(3)
    reference.weights_, reference.means_ = shares.numpy(), means.numpy()
    reference.precisions_cholesky_ = np.stack([np.linalg.cholesky(np.linalg.inv(c)) for c in covariances.numpy()])
    expected = -reference.score_samples(points.numpy())
    np.testing.assert_allclose(energies(points, shares, means, covariances), expected, rtol=1e-9)


def test_estimate_is_equation_5_with_numpys_covariance(points, gamma, rng):
    weights = rng.integers(1, 5, 300)
    shares, means, covariances = estimate(points, gamma, torch.from_numpy(weights), 1e-3)
    g = gamma.numpy() * weights[:, None]
    np.testing.assert_allclose(shares, g.sum(0) / g.sum(), rtol=1e-12)
    for k in range(3):
        np.testing.assert_allclose(means[k], np.average(points.numpy(), axis=0, weights=g[:, k]), rtol=1e-9)
        cov = np.cov(points.numpy().T, aweights=g[:, k], ddof=0) + 1e-3 * np.eye(4)
        np.testing.assert_allclose(covariances[k], cov, rtol=1e-9)
    repeated = torch.from_numpy(np.repeat(np.arange(300), weights))
    for one, other in zip(
        estimate(points[repeated], gamma[repeated], torch.ones(len(repeated)), 1e-3),
        (shares, means, covariances),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_regularisation_keeps_a_collapsed_component_finite():
    z, gamma = torch.zeros(20, 3), torch.eye(2)[torch.arange(20) % 2]
    mixture = estimate(z, gamma, torch.ones(20), 1e-6)
    assert torch.isfinite(energies(z, *mixture)).all()
    empty = estimate(z, torch.eye(2)[torch.zeros(20, dtype=torch.long)], torch.ones(20), 1e-6)
    assert torch.isfinite(energies(z, *empty)).all()


def test_representation_by_hand(rng):
    with torchkit.seeded(RunContext(), "initialisation"):
        network = DagmmNetwork(6, PARAMS)
    x = torch.from_numpy(rng.normal(size=(10, 6)).astype(np.float32))
    z, back = (tensor.detach().numpy() for tensor in network.represent(x))
    a = x.numpy()
    np.testing.assert_allclose(z[:, 2], np.linalg.norm(a - back, axis=1) / np.linalg.norm(a, axis=1), rtol=1e-5)
    cosine = (a * back).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(back, axis=1)
    np.testing.assert_allclose(z[:, 3], cosine, rtol=1e-4, atol=1e-6)


def test_loss_is_equation_7(rng):
    params = DagmmParams(latent=2, components=3, dropout=0.5, lambda_energy=0.3, lambda_covariance=0.02)
    with torchkit.seeded(RunContext(), "initialisation"):
        network = DagmmNetwork(6, params).eval()  # no dropout
    x = torch.from_numpy(rng.normal(size=(40, 6)).astype(np.float32))
    losses = network.losses((x, torch.ones(40)), torch.Generator()).detach().numpy()
    z, back = network.represent(x)
    shares, means, covariances = estimate(z, network.memberships(z), torch.ones(40), params.regularisation)
    penalty = sum(1 / float(covariances[k, j, j].detach()) for k in range(3) for j in range(4))
    error = ((x - back) ** 2).sum(1).detach().numpy()
    energy = energies(z, shares, means, covariances).detach().numpy()
    np.testing.assert_allclose(losses, error + 0.3 * energy + 0.02 * penalty, rtol=1e-5)
    assert torch.allclose(network.memberships(z).sum(1), torch.ones(40))


def test_dropout_follows_the_stream_and_only_while_training(rng):
    with torchkit.seeded(RunContext(), "initialisation"):
        network = DagmmNetwork(6, DagmmParams())
    x = torch.from_numpy(rng.normal(size=(40, 6)).astype(np.float32))

    def losses(seed: int) -> torch.Tensor:
        return network.losses((x, torch.ones(40)), torch.Generator().manual_seed(seed)).detach()

    network.train()
    assert torch.equal(losses(1), losses(1))
    assert not torch.equal(losses(1), losses(2))
    network.eval()
    assert torch.equal(losses(1), losses(2))


def test_scores_come_from_the_mixture_of_all_training_events(collisions):
    train = collisions(300)
    detector = Dagmm(DagmmParams(epochs=2, batch_size=100), RunContext())
    detector.fit(train, collisions(50, seed=1), {})
    network = detector._network
    with torch.no_grad():
        z, _ = network.represent(network.scale(torch.from_numpy(train.tabular())))
        mixture = estimate(z, network.memberships(z), torch.ones(300), 1e-6)
        expected = energies(z, *mixture)
    np.testing.assert_allclose(network.means, mixture[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(detector.score(train)["energy"], expected, rtol=1e-3, atol=1e-3)
