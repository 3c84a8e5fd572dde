from __future__ import annotations

import math

import pytest
import torch
from adbench_flow_vae.set_vae.inputs import EventSet, of_tensors, tables
from adbench_flow_vae.set_vae.network import SetVae
from adbench_flow_vae.set_vae.params import SetVaeParams

PER_OBJECT = ("log_pt", "eta", "phi", "log_mass", "kind")


@pytest.fixture
def network() -> SetVae:
    torch.manual_seed(2)
    return SetVae(SetVaeParams(width=16)).eval()


@pytest.fixture
def events(collisions) -> EventSet:
    return of_tensors(*map(torch.from_numpy, tables(collisions(40))))


def test_the_posterior_knows_neither_order_nor_empty_slots(network, events):
    mu, log_var = network.encoder(events)
    order = torch.randperm(20, generator=torch.Generator().manual_seed(1))
    mixed = events._replace(**{name: getattr(events, name)[:, order] for name in PER_OBJECT})
    empty = events.kind == 0
    noisy = events._replace(**{n: torch.where(empty, 7.0, getattr(events, n)) for n in PER_OBJECT[:4]})
    for other in (mixed, noisy):
        torch.testing.assert_close(network.encoder(other)[0], mu, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(network.encoder(other)[1], log_var, rtol=1e-4, atol=1e-5)


def test_messages_do_not_collapse(network, events):
    """Unlike the convolutions on a complete graph, two blocks leave the objects of an event different."""
    block = network.encoder.blocks[0]
    h = torch.randn(40, 20, 16)
    present = events.kind > 0
    out = block(h, torch.zeros(40, 20, 20, 4), present)
    spread = torch.stack([row[here].std(0).mean() for row, here in zip(out, present, strict=True) if here.sum() > 1])
    assert (spread > 0.3).all()


def test_azimuth_is_periodic(network, events):
    turned = events._replace(phi=events.phi + 2 * math.pi * (events.kind > 0))
    torch.testing.assert_close(network.encoder(turned)[0], network.encoder(events)[0], rtol=1e-3, atol=1e-4)


def test_the_orientation_of_an_event_does_not_matter(network, collisions):
    import numpy as np

    from adbench.api import Events

    original = collisions(40)
    objects, features = original.objects.copy(), original.features.copy()
    objects[..., 3] = np.where(original.present, (objects[..., 3] + 1.0 + np.pi) % (2 * np.pi) - np.pi, 0)
    features[:, 1] = (features[:, 1] + 1.0 + np.pi) % (2 * np.pi) - np.pi
    turned = Events.build(original.schema, objects, original.kinds, features)
    for ours, theirs in zip(tables(turned), tables(original), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-6)


def test_the_loss_is_minus_the_evidence_lower_bound(network, events, rng):
    """The bound with one draw, from its definition: log p(x|z) - KL."""
    noise = torch.randn(40, 8, generator=rng)
    stacked = torch.stack([getattr(events, name) for name in PER_OBJECT[:4]], 2)
    numbers = torch.cat([events.numbers, events.log_met[:, None]], 1)
    mu, log_var = network.encoder(events)
    z = mu + (0.5 * log_var).exp() * noise
    posterior = torch.distributions.Normal(mu, (0.5 * log_var).exp())
    kl = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0)).sum(1)
    expected = kl - network.decoder(z, events).total
    torch.testing.assert_close(network.loss(stacked, events.kind, numbers, noise), expected)


def test_every_parameter_gets_a_finite_gradient(network, collisions, rng):
    tensors = [torch.from_numpy(table) for table in tables(collisions(64))]
    network.loss(*tensors, torch.randn(64, 8, generator=rng)).mean().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters())


def test_an_event_without_objects_has_finite_scores(network, collisions):
    tensors = [torch.from_numpy(table) for table in tables(collisions(4))]
    objects, kinds, numbers = (torch.zeros_like(t) for t in tensors)
    assert all(torch.isfinite(v).all() for v in network.scores(objects, kinds, numbers).values())
    far = network.scores(torch.full_like(tensors[0], 1e4), tensors[1], torch.full_like(numbers, 1e4))
    assert all(torch.isfinite(v).all() for v in far.values())
