from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from adbench_deep_baselines.deep_svdd import DeepSvdd, DeepSvddNetwork, weighted_quantile
from adbench_deep_baselines.params import DeepSvddParams

from adbench import torchkit
from adbench.api import RunContext

HARD, SOFT = DeepSvddParams(decay=0.1), DeepSvddParams(boundary="soft", nu=0.2, decay=0.0)


@pytest.fixture
def batch(rng) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(rng.normal(size=(50, 6)).astype(np.float32)), torch.ones(50)


def network(params: DeepSvddParams) -> DeepSvddNetwork:
    with torchkit.seeded(RunContext(seed=1), "initialisation"):
        return DeepSvddNetwork(6, params)


def by_hand(net: DeepSvddNetwork, x: np.ndarray) -> np.ndarray:
    """Squared distances with numpy alone: layers without bias, leaky ReLU between them."""
    weights = [w.detach().numpy().astype(np.float64) for w in net.encoder.parameters()]
    for place, w in enumerate(weights):
        x = x @ w.T
        if place < len(weights) - 1:
            x = np.where(x > 0, x, 0.1 * x)
    return ((x - net.centre.numpy()) ** 2).sum(1)


def test_score_is_the_squared_distance(batch):
    net = network(HARD)
    net.place_centre(torchkit.Sample(batch, batch[1]))
    distances = by_hand(net, batch[0].numpy())
    np.testing.assert_allclose(net.scores(batch[0])["distance"].detach(), distances, rtol=1e-4)
    square = sum(float((w.detach().double() ** 2).sum()) for w in net.encoder.parameters())
    losses = net.losses(batch, torch.Generator()).detach()
    np.testing.assert_allclose(losses, distances + 0.1 / 2 * square, rtol=1e-4)


def test_soft_boundary_is_equation_3(batch):
    net = network(SOFT)
    net.place_centre(torchkit.Sample(batch, batch[1]))
    distances = by_hand(net, batch[0].numpy())
    net.radius2.fill_(float(np.median(distances)))
    r2 = float(net.radius2)
    expected = r2 + np.maximum(distances - r2, 0) / 0.2
    np.testing.assert_allclose(net.eval().losses(batch, torch.Generator()).detach(), expected, rtol=1e-4)
    np.testing.assert_allclose(net.scores(batch[0])["distance"].detach(), distances - r2, rtol=1e-3, atol=1e-5)
    assert float(net.radius2) == r2  # neither evaluation nor scoring moves it
    net.train().adapting = True
    net.losses(batch, torch.Generator())
    assert np.mean(distances > float(net.radius2) * (1 + 1e-5)) == pytest.approx(0.2)  # nu of the batch is outside


def test_radius_leaves_nu_of_the_background_outside(collisions):
    detector = DeepSvdd(replace(SOFT, epochs=15, pretraining=0), RunContext(seed=2))
    detector.fit(collisions(2000), collisions(300, seed=1), {})
    assert float(detector._network.radius2) > 0
    assert np.mean(detector.score(collisions(1000, seed=3))["distance"] > 0) == pytest.approx(0.2, abs=0.07)


def test_no_bias_and_no_centre_near_zero_so_that_no_constant_fits(batch):
    net = network(HARD)
    net.place_centre(torchkit.Sample(batch, batch[1]))
    assert all(parameter.ndim == 2 for parameter in net.encoder.parameters())
    assert not net.encoder(torch.zeros(1, 6)).any()  # no input, no output: a constant is out of reach
    assert net.centre.abs().min() >= 0.1 - 1e-6
    mean = net.encoder(batch[0]).mean(0).detach()
    far = mean.abs() >= 0.1
    np.testing.assert_allclose(net.centre[far], mean[far], rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="proposition 1"):
        DeepSvddParams(centre=0.0)


def test_centre_is_the_weighted_mean_and_stays(batch, collisions):
    x, weights = batch[0], torch.linspace(0, 1, 50)
    net = network(HARD)
    with torch.no_grad():
        net.encoder[-1].weight.mul_(30)  # so that no coordinate is near zero
    net.place_centre(torchkit.Sample((x, weights), weights))
    expected = (weights[:, None] * net.encoder(x)).sum(0) / weights.sum()
    far = expected.abs() >= 0.1
    assert far.any()
    np.testing.assert_allclose(net.centre[far], expected[far].detach(), rtol=1e-4)
    detector = DeepSvdd(DeepSvddParams(centre=3.0, epochs=2, pretraining=1), RunContext())
    detector.fit(collisions(200), collisions(50, seed=1), {})
    assert (detector._network.centre == 3.0).all()


def test_training_does_not_collapse(collisions):
    """Distances of background shrink, but scores still vary between events."""
    train, validation = collisions(1000), collisions(300, seed=1)
    seen = []

    def progress(phase, step, total, **figures):
        seen.append(figures["val"])

    detector = DeepSvdd(DeepSvddParams(epochs=20, pretraining=0), RunContext(progress=progress))
    detector.fit(train, validation, {})
    assert min(seen) < 0.7 * seen[0]
    scores = detector.score(validation)["distance"]
    assert scores.std() > 0.1 * scores.mean() > 0


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_weighted_quantile_is_that_of_repeated_values(rng, share):
    values, counts = rng.normal(size=30), rng.integers(0, 5, 30)
    counts[0] = 1
    repeated = np.sort(np.repeat(values, counts))
    expected = repeated[max(int(np.ceil(share * len(repeated))) - 1, 0)]
    found = weighted_quantile(torch.from_numpy(values), torch.from_numpy(counts.astype(np.float32)), share)
    if share == 0.0:
        assert float(found) <= expected
    else:
        assert float(found) == expected
