"""Densities against quadrature and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from adbench_flow_vae.set_vae.inputs import EventSet, of_tensors, tables
from adbench_flow_vae.set_vae.likelihood import SetDecoder, log_count, log_normal, log_von_mises
from scipy import stats


def test_the_normal_density_is_that_of_scipy(rng):
    x, mean, raw = torch.randn(3, 50, generator=rng, dtype=torch.float64)
    width = np.log1p(np.exp(raw.numpy())) + 0.03
    np.testing.assert_allclose(log_normal(x, mean, raw), stats.norm.logpdf(x, mean, width), rtol=1e-10)


def test_the_density_on_the_circle_is_that_of_scipy_and_periodic(rng):
    phi, east, north = 3 * torch.randn(3, 50, generator=rng, dtype=torch.float64)
    expected = stats.vonmises.logpdf(
        phi.numpy(), np.hypot(east.numpy(), north.numpy()), np.arctan2(north.numpy(), east.numpy())
    )
    np.testing.assert_allclose(log_von_mises(phi, east, north), expected, atol=1e-5)
    torch.testing.assert_close(log_von_mises(phi + 2 * math.pi, east, north), log_von_mises(phi, east, north))


def test_probabilities_of_numbers_add_up_to_one(rng):
    logits = torch.randn(16, generator=rng, dtype=torch.float64)
    numbers = torch.arange(80)
    total = log_count(logits.expand(80, 16), numbers).exp().sum()
    assert total.item() == pytest.approx(1, abs=1e-8)
    torch.testing.assert_close(log_count(logits, torch.tensor(3)), logits.log_softmax(0)[3])


def one(kind: int, **quantities: torch.Tensor) -> EventSet:
    """Events with one object each."""
    n = max(len(values) for values in quantities.values())
    zero = torch.zeros(n)
    numbers = torch.zeros(n, 7)
    numbers[:, kind - 1] = 1
    values = {name: quantities.get(name, zero) for name in ("log_pt", "eta", "phi", "log_mass")}
    slots = {name: torch.cat([v[:, None], torch.zeros(n, 19)], 1) for name, v in values.items()}
    kinds = torch.zeros(n, 20, dtype=torch.int64)
    kinds[:, 0] = kind
    return EventSet(**slots, kind=kinds, numbers=numbers, log_met=quantities.get("log_met", zero))


def test_the_density_of_met_integrates_to_one():
    torch.manual_seed(3)
    decoder, grid = SetDecoder(16, 2, 4), torch.linspace(-15, 15, 20_001)
    density = decoder(torch.randn(1, 2).expand(len(grid), 2), one(1, log_met=grid)).met.exp()
    assert torch.trapezoid(density, grid).item() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("kind", [1, 5])
def test_the_density_of_an_object_integrates_to_one(kind):
    """Jets in four coordinates, leptons in three: their mass is not a coordinate."""
    torch.manual_seed(3)
    decoder, generator = SetDecoder(16, 2, 4), torch.Generator().manual_seed(1)
    n, wide = 60_000, 4.0
    draw = wide * torch.randn(3, n, generator=generator)
    proposal = stats.norm.logpdf(draw.numpy(), scale=wide).sum(0) - math.log(2 * math.pi)
    if kind == 5:
        proposal = stats.norm.logpdf(draw[:2].numpy(), scale=wide).sum(0) - math.log(2 * math.pi)
    phi = 2 * math.pi * torch.rand(n, generator=generator) - math.pi
    events = one(kind, log_pt=draw[0], eta=draw[1], log_mass=draw[2], phi=phi)
    with torch.no_grad():
        weights = (decoder(torch.zeros(n, 2), events).objects.double() - torch.from_numpy(proposal)).exp()
    assert weights.mean().item() == pytest.approx(1, abs=5 * weights.std().item() / n**0.5)
    assert weights.std() / n**0.5 < 0.05


def test_the_likelihood_of_a_set_is_that_of_its_objects_and_knows_no_order(collisions):
    torch.manual_seed(3)
    decoder = SetDecoder(16, 2, 4)
    events = of_tensors(*map(torch.from_numpy, tables(collisions(30))))
    z = torch.randn(30, 2)
    whole = decoder(z, events)
    mixed = torch.randperm(20)
    turned = events._replace(
        **{name: getattr(events, name)[:, mixed] for name in ("log_pt", "eta", "phi", "log_mass", "kind")}
    )
    for ours, theirs in zip(decoder(z, turned), whole, strict=True):
        torch.testing.assert_close(ours, theirs)
    alone = [decoder(z, events._replace(kind=events.kind * (torch.arange(20) == slot))).objects for slot in range(20)]
    torch.testing.assert_close(torch.stack(alone).sum(0), whole.objects, rtol=1e-4, atol=1e-4)
