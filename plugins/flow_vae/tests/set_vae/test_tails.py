from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.set_vae.tails import Tails
from hypothesis import given
from hypothesis import strategies as st


def fitted(sample: torch.Tensor, weights: torch.Tensor | None = None) -> Tails:
    tails = Tails(sample.shape[1])
    tails.fit(sample, torch.ones(len(sample)) if weights is None else weights)
    return tails


def test_values_of_background_are_exponential(rng):
    sample = torch.randn(20_000, 1, generator=rng).exp()
    values = fitted(sample)(torch.randn(20_000, 1, generator=rng).exp())
    for probability in (0.5, 0.1, 0.03):
        share = (values > -torch.tensor(probability).log()).float().mean().item()
        assert share == pytest.approx(probability, abs=5 * (probability / 20_000) ** 0.5)
    assert values.mean().item() == pytest.approx(1, abs=0.05)


def test_the_tail_of_an_exponential_is_continued(rng):
    sample = torch.empty(200_000, 1).exponential_(generator=rng)
    x = torch.tensor([[8.0], [12.0], [20.0]])
    torch.testing.assert_close(fitted(sample)(x), x, rtol=0.1, atol=0)


def test_weights_are_numbers_of_events(rng):
    sample = torch.randn(3000, 2, generator=rng)
    twice = torch.cat([sample, sample[:1000]])
    weights = torch.ones(3000)
    weights[:1000] = 2
    x = torch.randn(50, 2, generator=rng)
    torch.testing.assert_close(fitted(twice)(x), fitted(sample, weights)(x), rtol=1e-2, atol=1e-2)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=60), st.integers(0, 2**31))
def test_it_is_finite_never_falls_and_does_not_tie_above_the_sample(values, seed):
    sample = torch.tensor(values)[:, None]
    tails = fitted(sample)
    x = torch.cat([sample[:, 0], torch.randn(20, generator=torch.Generator().manual_seed(seed)) * 1e3]).sort().values
    result = tails(x[:, None])[:, 0]
    assert torch.isfinite(result).all()
    assert (result.diff() >= 0).all()
    top = sample.max()
    above = tails(torch.stack([top + abs(top) + 1, top + 3 * abs(top) + 5])[:, None])[:, 0]
    assert above[1] > above[0] > 0
