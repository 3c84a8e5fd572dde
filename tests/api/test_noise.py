from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from adbench.api import RunContext
from adbench.api.noise import content_keys, normal, seed_for, uniform


def keys(n: int) -> np.ndarray:
    return np.arange(n, dtype=np.uint64)


def test_uniform_is_uniform():
    u = uniform(keys(200_000), seed_for(1, "test"), 3)
    assert u.shape == (200_000, 3)
    assert 0 < u.min() < u.max() < 1
    for column in u.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-4
    np.testing.assert_allclose(np.corrcoef(u.T), np.eye(3), atol=0.012)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_normal_is_normal(size):
    z = normal(keys(100_000), seed_for(2, "test"), size)
    assert z.shape == (100_000, size)
    for column in z.T:
        assert stats.kstest(column, "norm").pvalue > 1e-4
    np.testing.assert_allclose(np.atleast_2d(np.corrcoef(z.T)), np.eye(size), atol=0.016)
    np.testing.assert_allclose(np.atleast_2d(np.corrcoef((z**2).T)), np.eye(size), atol=0.016)


def test_seeds_and_purposes_give_unrelated_streams():
    streams = [uniform(keys(50_000), seed_for(*key), 1)[:, 0] for key in [(0, "a"), (1, "a"), (0, "b"), (0, "a", "b")]]
    np.testing.assert_allclose(np.corrcoef(streams), np.eye(4), atol=0.02)
    assert seed_for(0, "ab") != seed_for(0, "a", "b")


def test_neighbouring_seeds_of_one_event_are_unrelated():
    u = np.concatenate([uniform(keys(1), seed, 1)[:, 0] for seed in range(20_000)])
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 0.03


def test_noise_follows_the_event(random_events):
    events, context = random_events(200), RunContext(seed=5)
    together = context.normal(events, 4, "latent")
    order = np.random.default_rng(0).permutation(200)
    np.testing.assert_array_equal(context.normal(events[order], 4, "latent"), together[order])
    np.testing.assert_array_equal(
        np.concatenate([context.normal(events[i : i + 7], 4, "latent") for i in range(0, 200, 7)]), together
    )
    np.testing.assert_array_equal(context.normal(events.padded(20), 4, "latent"), together)
    np.testing.assert_array_equal(context.uniform(events.stripped(), 2, "x"), context.uniform(events, 2, "x"))
    assert not np.array_equal(context.normal(events, 4, "other"), together)
    assert not np.array_equal(RunContext(seed=6).normal(events, 4, "latent"), together)


def test_more_draws_of_uniform_extend_fewer(random_events):
    events = random_events(20)
    np.testing.assert_array_equal(RunContext().uniform(events, 8)[:, :3], RunContext().uniform(events, 3))


@pytest.mark.parametrize("part", ["objects", "kinds", "features", "categories"])
def test_every_number_of_an_event_counts(random_events, part):
    before, places = content_keys(random_events(30)), np.argwhere(np.ones_like(getattr(random_events(30), part)))
    for row, *index in places:
        events = random_events(30)
        if part in ("objects", "kinds") and not events.present[row, index[0]]:
            continue
        array = getattr(events, part)
        array[row, *index] = array[row, *index] % 3 + 1
        after = content_keys(events)
        assert after[row] != before[row]
        np.testing.assert_array_equal(np.delete(after, row), np.delete(before, row))


def test_order_of_objects_counts(random_events):
    events = random_events(50)
    two = events[events.present.sum(axis=1) >= 2]
    swapped = dataclasses.replace(two, objects=two.objects[:, [1, 0, 2, 3, 4]], kinds=two.kinds[:, [1, 0, 2, 3, 4]])
    assert np.all(content_keys(swapped) != content_keys(two))


def test_keys_of_many_events_are_distinct_and_zero_has_one_sign(random_events):
    events = random_events(20_000)
    assert len(np.unique(content_keys(events))) == 20_000
    before = content_keys(events[:1])
    events.features[0, 1] = 0.0
    zero = content_keys(events[:1])
    events.features[0, 1] = -0.0
    assert content_keys(events[:1]) == zero != before


def test_generators_of_a_context_do_not_depend_on_each_other():
    context = RunContext(seed=3)
    first = context.rng("a").normal(size=5)
    context.rng("b").normal(size=100)
    np.testing.assert_array_equal(RunContext(seed=3).rng("a").normal(size=5), first)
    assert not np.array_equal(context.rng("b").normal(size=5), first)
