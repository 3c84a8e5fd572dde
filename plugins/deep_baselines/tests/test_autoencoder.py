from __future__ import annotations

import numpy as np
import pytest
import torch
from adbench_deep_baselines.autoencoder import AutoencoderNetwork
from adbench_deep_baselines.params import AutoencoderParams
from sklearn.decomposition import PCA

from adbench import torchkit
from adbench.api import RunContext

LINEAR = AutoencoderParams(widths=(), latent=3)


@pytest.fixture
def subspace(rng) -> np.ndarray:
    """500 points of a 3-dimensional plane in 8 dimensions that does not go through 0."""
    return (rng.normal(size=(500, 3)) @ rng.normal(size=(3, 8)) + rng.normal(size=8)).astype(np.float32)


def trained(x: np.ndarray, params: AutoencoderParams) -> AutoencoderNetwork:
    context = RunContext(seed=1)
    with torchkit.seeded(context, "initialisation"):
        network = AutoencoderNetwork(x.shape[1], params)
    tensors = (torch.from_numpy(x), torch.ones(len(x)))
    sample, none = torchkit.Sample(tensors, tensors[1]), torchkit.Sample((tensors[0][:0],), tensors[1][:0])
    torchkit.fit(network, network.losses, sample, none, torchkit.FitSettings(150, 50, 1e-2), context)
    return network


def errors(network: AutoencoderNetwork, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return network.scores(torch.from_numpy(x))["reconstruction"].numpy()


def test_with_the_axes_of_pca_as_weights_the_error_is_that_of_pca(rng):
    x = (rng.normal(size=(200, 8)) @ rng.normal(size=(8, 8))).astype(np.float32)
    pca, network = PCA(3).fit(x), AutoencoderNetwork(8, LINEAR)
    axes, centre = torch.from_numpy(pca.components_), torch.from_numpy(pca.mean_)
    with torch.no_grad():
        network.encoder[0].weight.copy_(axes)
        network.encoder[0].bias.copy_(-axes @ centre)
        network.decoder[0].weight.copy_(axes.T)
        network.decoder[0].bias.copy_(centre)
    back = pca.inverse_transform(pca.transform(x))
    np.testing.assert_allclose(errors(network, x), ((x - back) ** 2).mean(1), rtol=1e-4, atol=1e-6)


def test_a_linear_subspace_is_given_back_and_a_step_off_it_is_the_error(subspace):
    network = trained(subspace, LINEAR)
    assert errors(network, subspace).max() < 1e-4 * subspace.var()
    normal = np.linalg.svd(subspace - subspace.mean(0))[2][-1].astype(np.float32)
    off = errors(network, subspace + 5 * normal)  # what comes back lies in the plane, at least 5 away
    assert off.min() > 0.99 * 25 / 8


def test_linear_training_reaches_the_error_of_pca_and_no_less(rng):
    x = (rng.normal(size=(500, 8)) @ rng.normal(size=(8, 8))).astype(np.float32)
    pca = PCA(3).fit(x)
    best = ((x - pca.inverse_transform(pca.transform(x))) ** 2).mean()
    reached = errors(trained(x, LINEAR), x).mean()
    assert best * (1 - 1e-6) <= reached < 1.1 * best
