"""The parts joined: what is trained, what is scored, and for every choice of parameters."""

from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.inputs import View
from adbench_flow_vae.loss import kl_divergence
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.scores import radius
from adbench_flow_vae.vae import Vae
from torch import Tensor

from adbench.api import Events

MOST = {"multiplicity": True, "high_level": True}
CHOICES = [
    {},
    {"objects": "truncated", **MOST},
    {"adjacency": "masked", "mask_padding": True, **MOST},
    {"compat": "darkflow", "adjacency": "complete+self"},
    {"network": "conv"},
    {"network": "conv", "objects": "truncated", "mask_padding": True, **MOST},
    {"network": "conv", "compat": "darkflow"},
]


def made(params: FlowVaeParams, events: Events, seed: int = 1) -> tuple[Vae, Tensor, Tensor]:
    """A network with its scaling fitted, and the events as it sees them."""
    torch.manual_seed(seed)
    network = Vae(params)
    objects, further = network.view.tables(events)
    present = objects[..., 4] > 0 if params.mask_padding else None
    network.scale.fit(objects[..., : network.view.columns], events.weights, present)
    network.scale_further.fit(further, events.weights)
    return network, torch.from_numpy(objects), torch.from_numpy(further)


def n_parameters(params: FlowVaeParams) -> int:
    return sum(parameter.numel() for parameter in Vae(params).parameters())


def test_networks_have_the_published_numbers_of_parameters():
    assert n_parameters(FlowVaeParams()) == 5129
    assert n_parameters(FlowVaeParams(compat="darkflow")) == 3567
    assert n_parameters(FlowVaeParams(network="conv", compat="darkflow")) == 16_288
    maps = (32 * 12 + 32) + (16 * 32 * 5 + 16) + (8 * 16 * 7 + 8)
    back = (16 * 8 * 7 + 16) + (32 * 16 * 5 + 32) + (32 * 12 + 1)
    assert n_parameters(FlowVaeParams(network="conv")) == maps + back + 1248 * 30 + 30 + 15 * 1248 + 1248


def test_each_householder_flow_adds_its_375_functions_of_the_78_features():
    q, r, diagonals, shift = 8 * 15, 2 * (15 * 14 // 2), 2 * 15, 15
    more = n_parameters(FlowVaeParams(flow="householder")) - n_parameters(FlowVaeParams())
    assert more == 6 * (q + r + diagonals + shift) * (78 + 1)


def test_with_beta_one_neither_decoder_nor_flow_is_trained(collisions, rng):
    network, *tables = made(FlowVaeParams(beta=1.0, flow="householder"), collisions(20))
    network.loss(*tables, torch.randn(20, 15, generator=rng)).sum().backward()
    assert not any(p.grad.any() for part in (network.decoder, network.flow) for p in part.parameters())
    assert any(p.grad.any() for p in network.encoder.parameters())


def test_the_modified_elbo_trains_the_flow_even_then(collisions, rng):
    network, *tables = made(FlowVaeParams(beta=1.0, flow="householder", loss="modified_elbo"), collisions(20))
    network.loss(*tables, torch.randn(20, 15, generator=rng)).sum().backward()
    assert any(p.grad.any() for p in network.flow.parameters())


def test_without_a_flow_both_losses_agree_in_the_mean(collisions, rng):
    plain, *tables = made(FlowVaeParams(beta=0.5), collisions(20))
    other, *_ = made(FlowVaeParams(beta=0.5, loss="modified_elbo"), collisions(20))
    noise = torch.randn(4000, 20, 15, generator=rng)
    with torch.no_grad():
        differences = torch.stack([other.loss(*tables, draw) - plain.loss(*tables, draw) for draw in noise])
    error = differences.std(0) / len(noise) ** 0.5
    assert (differences.mean(0).abs() < 5 * error).all()


def test_the_loss_uses_one_draw_and_the_score_the_mean(collisions, rng):
    network, *tables = made(FlowVaeParams(beta=0.25, flow="householder"), collisions(20))
    encoded = network.encode(*tables)
    mu, log_var, hidden = encoded.posterior

    def distance(draw: Tensor | None) -> Tensor:
        return network.distance(encoded, network.decoder(network.latent(encoded.posterior, draw).behind, encoded.graph))

    noise = torch.randn(20, 15, generator=rng)
    scores = network.scores(*tables)
    torch.testing.assert_close(scores["chamfer"], distance(None))
    torch.testing.assert_close(network.scores(*tables, torch.zeros(3, 20, 15))["chamfer"], distance(None))
    expected = 0.25 * kl_divergence(mu, log_var) + 0.75 * distance(noise)
    torch.testing.assert_close(network.loss(*tables, noise), expected)
    mean = (distance(noise) + distance(-noise)) / 2
    torch.testing.assert_close(network.scores(*tables, torch.stack([noise, -noise]))["chamfer"], mean)
    torch.testing.assert_close(scores["kl"], kl_divergence(mu, log_var))
    torch.testing.assert_close(scores["rz"], radius(mu, log_var))
    assert hidden.shape == (20, 1, 2)


@pytest.mark.parametrize("network", ["gcn", "conv"])
def test_high_level_features_enter_the_loss_with_their_weight(collisions, rng, network):
    events, noise = collisions(20), torch.randn(20, 15, generator=rng)
    losses = {}
    for weight in (0.0, 1.0, 3.0):
        params = FlowVaeParams(network=network, high_level=True, high_level_weight=weight, beta=0.0)
        vae, *tables = made(params, events)
        losses[weight] = vae.loss(*tables, noise)
    encoded = vae.encode(*tables)
    decoded = vae.decoder(vae.latent(encoded.posterior, noise).behind, encoded.graph)
    assert decoded.high_level.shape == (20, 3)
    error = ((decoded.high_level - encoded.further) ** 2).mean(1)
    torch.testing.assert_close(losses[1.0] - losses[0.0], error)
    torch.testing.assert_close(losses[3.0] - losses[0.0], 3 * error)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: "-".join(map(str, choice.values())) or "paper")
def test_far_away_events_keep_finite_scores(choice, collisions):
    network, objects, further = made(FlowVaeParams(flow="householder", **choice), collisions(50))
    scores = network.eval().scores(torch.full_like(objects, 1e6), torch.full_like(further, 1e6))
    assert all(torch.isfinite(values).all() for values in scores.values())


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: "-".join(map(str, choice.values())) or "paper")
def test_every_choice_gives_finite_gradients_to_all_parameters(choice, collisions, rng):
    network, *tables = made(FlowVaeParams(flow="householder", **choice), collisions(64))
    network.loss(*tables, torch.randn(64, 15, generator=rng)).mean().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
    assert all(torch.isfinite(parameter.grad).all() for parameter in network.parameters())


@pytest.mark.parametrize("adjacency", ["complete", "complete+self", "masked", "knn"])
@pytest.mark.parametrize("padding", [False, True])
def test_every_adjacency_gives_gradients(adjacency, padding, collisions, rng):
    network, *tables = made(FlowVaeParams(adjacency=adjacency, mask_padding=padding), collisions(64))
    network.loss(*tables, torch.randn(64, 15, generator=rng)).mean().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in network.parameters())


@pytest.mark.parametrize("network", ["gcn", "conv"])
def test_masked_padding_changes_nothing(network, collisions):
    """Whatever stands in the empty slots, the scores are the same."""
    events = collisions(40)
    vae, objects, further = made(FlowVaeParams(network=network, adjacency="masked", mask_padding=True), events)
    empty = objects[..., 4] == 0
    noisy = objects.clone()
    noisy[..., :4] = torch.where(empty[..., None], torch.tensor(123.0), objects[..., :4])
    for name, values in vae.scores(objects, further).items():
        torch.testing.assert_close(vae.scores(noisy, further)[name], values)


def test_what_the_view_shows(collisions):
    events = collisions(30)
    everything = View.of(FlowVaeParams(objects="truncated", **MOST))
    objects, further = everything.tables(events)
    assert (everything.slots, everything.further) == (22, 10) == (objects.shape[1], further.shape[1])
    order = ["j", "b", "m+", "m-", "e+", "e-", "g"]
    numbers = [[int((row == events.schema.kind_code(name)).sum()) for name in order] for row in events.kinds]
    assert further[:, :7].tolist() == numbers
    jets = events.object("pt") * events.of_kind("j", "b")
    torch.testing.assert_close(torch.from_numpy(further[:, 8]), torch.from_numpy(jets).sum(1))
    assert further[:, 9].tolist() == pytest.approx((further[:, 7] + further[:, 8]).tolist())
    public = View.of(FlowVaeParams(network="conv", compat="darkflow"))
    objects, further = public.tables(events)
    assert (public.slots, public.columns, public.further) == (32, 4, 1)
    met = events.feature("met").tolist()
    assert objects[:, 31].tolist() == [
        pytest.approx([value, value, 0, phi, 8]) for value, phi in zip(met, events.feature("met_phi"), strict=True)
    ]
    assert further[:, 0].tolist() == met
