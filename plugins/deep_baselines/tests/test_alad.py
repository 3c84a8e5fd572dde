from __future__ import annotations

import numpy as np
import pytest
import torch
from adbench_deep_baselines.adversarial import duel
from adbench_deep_baselines.alad import AladNetwork
from adbench_deep_baselines.params import AladParams

from adbench import torchkit
from adbench.api import RunContext

PARAMS = AladParams(latent=3, widths=(8,), discriminator=5, dropout=0.0)


def network(params: AladParams = PARAMS, columns: int = 6) -> AladNetwork:
    with torchkit.seeded(RunContext(seed=3), "initialisation"):
        return AladNetwork(columns, params)


@pytest.fixture
def batch(rng) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    x, z = rng.normal(size=(20, 6)).astype(np.float32), rng.normal(size=(20, 3)).astype(np.float32)
    return torch.from_numpy(x), torch.from_numpy(z), torch.from_numpy(rng.uniform(0, 2, 20).astype(np.float32))


def log_d(logits: torch.Tensor) -> np.ndarray:
    return np.log(1 / (1 + np.exp(-logits.detach().numpy().astype(np.float64))))


def log_not_d(logits: torch.Tensor) -> np.ndarray:
    return np.log(1 - 1 / (1 + np.exp(-logits.detach().numpy().astype(np.float64))))


def test_judging_loss_is_minus_the_value_of_the_game(batch):
    """Equations 4 to 7: E log D(real) + E log(1 - D(made)), for the pairs of x and z, x and x, z and z."""
    x, z, w = batch
    net, weights = network().eval(), w.numpy()
    code, made = net.encoder(x), net.generator(z)
    value = (
        np.mean(weights * log_d(net.of_x_and_z(x, code)))
        + np.mean(log_not_d(net.of_x_and_z(made, z)))
        + np.mean(weights * log_d(net.of_x_and_x(x, x)))
        + np.mean(weights * log_not_d(net.of_x_and_x(x, net.generator(code))))
        + np.mean(log_d(net.of_z_and_z(z, z)))
        + np.mean(log_not_d(net.of_z_and_z(z, net.encoder(made))))
    )
    assert float(net.judging_loss(x, z, w).detach()) == pytest.approx(-value, rel=1e-5)


def test_making_loss_wants_the_other_labels(batch):
    x, z, w = batch
    net, weights = network().eval(), w.numpy()
    code, made = net.encoder(x), net.generator(z)
    value = (
        np.mean(weights * log_not_d(net.of_x_and_z(x, code)))
        + np.mean(log_d(net.of_x_and_z(made, z)))
        + np.mean(weights * log_d(net.of_x_and_x(x, net.generator(code))))
        + np.mean(log_d(net.of_z_and_z(z, net.encoder(made))))
    )
    assert float(net.making_loss(x, z, w).detach()) == pytest.approx(-value, rel=1e-5)


def test_each_side_moves_its_own_networks_alone(batch):
    net = network()
    net.judging_loss(*batch).backward()
    assert all(parameter.grad is None for parameter in net.makers())
    assert any(parameter.grad.abs().sum() > 0 for parameter in net.judges())
    everything = {id(parameter) for parameter in net.parameters()}
    assert {id(p) for p in net.judges()} | {id(p) for p in net.makers()} == everything
    assert not {id(p) for p in net.judges()} & {id(p) for p in net.makers()}


def test_scores_by_hand(batch):
    x, net = batch[0], network().eval()
    scores = {name: values.detach().numpy() for name, values in net.scores(x).items()}
    back = net.generator(net.encoder(x)).detach()
    judge, a, b = net.of_x_and_x, x.numpy(), back.numpy()

    def hidden(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        h = np.concatenate([one, other], 1) @ judge.first.weight.detach().numpy().T + judge.first.bias.detach().numpy()
        return np.where(h > 0, h, 0.2 * h)

    np.testing.assert_allclose(scores["features"], np.abs(hidden(a, a) - hidden(a, b)).sum(1), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(scores["l1"], np.abs(a - b).sum(1), rtol=1e-5)
    np.testing.assert_allclose(scores["l2"], np.sqrt(((a - b) ** 2).sum(1)), rtol=1e-5)
    np.testing.assert_allclose(scores["logits"], -log_d(judge(x, back)), rtol=1e-4)


def test_spectral_norm_bounds_encoder_and_discriminators_and_not_the_generator():
    net = network().train()
    for _ in range(50):  # power iterations
        net.of_x_and_z(torch.zeros(1, 6), net.encoder(torch.zeros(1, 6)))
    for layer in (net.encoder[0], net.encoder[-1], net.of_x_and_z.first):
        assert torch.linalg.matrix_norm(layer.weight.detach(), 2) == pytest.approx(1, rel=0.02)
    assert not hasattr(net.generator[0], "parametrizations")
    assert not hasattr(network(AladParams(spectral_norm=False)).encoder[0], "parametrizations")


def sample(x: torch.Tensor, weights: torch.Tensor) -> torchkit.Sample:
    return torchkit.Sample((x, weights), weights)


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_scores_are_made_with_the_mean_weights_of_the_best_epoch(rng, average):
    x = torch.from_numpy((rng.normal(size=(600, 2)) @ rng.normal(size=(2, 6))).astype(np.float32))
    params = AladParams(
        latent=2, widths=(16,), discriminator=16, epochs=12, batch_size=50, learning_rate=1e-3, average=average
    )
    net, validation = network(params), sample(x[500:], torch.ones(100))
    errors = duel(net, sample(x[:500], torch.ones(500)), validation, params, RunContext(seed=1))
    assert len(errors) == 12
    assert min(errors) < errors[0]
    net.eval()
    assert float(net.scores(x[500:])["l1"].detach().mean()) == pytest.approx(min(errors), rel=1e-5)


def test_without_validation_the_last_epoch_is_kept(rng):
    x = torch.from_numpy(rng.normal(size=(100, 6)).astype(np.float32))
    start = {name: tensor.clone() for name, tensor in network().state_dict().items()}
    net = network()
    assert duel(net, sample(x, torch.ones(100)), sample(x[:0], torch.ones(0)), PARAMS, RunContext()) == []
    assert not torch.equal(net.state_dict()["generator.0.weight"], start["generator.0.weight"])
