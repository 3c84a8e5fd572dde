"""How a set is shown to the fit: mirrored in training alone, and often enough where events are few."""

from __future__ import annotations

from collections.abc import Callable

import torch
from adbench_flow_vae.set_vae.inputs import tables
from adbench_flow_vae.set_vae.network import SetVae
from adbench_flow_vae.set_vae.params import SetVaeParams
from adbench_flow_vae.set_vae.training import _loss, _mirrored, _settings

from adbench.api import Events


def test_mirrors_change_the_signs_of_eta_and_azimuth_and_nothing_else() -> None:
    objects = torch.arange(1.0, 17.0).view(2, 2, 4)
    seen = _mirrored(objects, torch.tensor([[1.0, -1.0], [-0.1, 0.1]]))
    assert torch.equal(seen[0], objects[0] * torch.tensor([1.0, 1.0, -1.0, 1.0]))
    assert torch.equal(seen[1], objects[1] * torch.tensor([1.0, -1.0, 1.0, 1.0]))


def test_only_training_mirrors(collisions: Callable[..., Events]) -> None:
    network = SetVae(SetVaeParams(least_steps=0, width=8, heads=2, latent=3, components=2))
    batch = tuple(torch.from_numpy(table) for table in tables(collisions(30)))
    noise = torch.randn(30, 5)
    stream = torch.Generator()
    network.eval()
    plain = _loss(network, (*batch, noise), stream)
    assert torch.equal(_loss(network, (*batch, torch.cat([noise[:, :3], -noise[:, 3:]], 1)), stream), plain)
    network.train()
    assert not torch.equal(_loss(network, (*batch, noise), stream), plain)


def test_few_events_are_seen_more_often_in_smaller_batches() -> None:
    usual = _settings(SetVaeParams(), 20_000)
    assert (usual.epochs, usual.batch_size) == (20, 256)
    few = _settings(SetVaeParams(), 720)
    assert (few.epochs, few.batch_size) == (59, 60)
    assert _settings(SetVaeParams(), 10).batch_size == 32
