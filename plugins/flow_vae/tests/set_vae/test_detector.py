from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from adbench_flow_vae.set_vae.detector import SetVaeDetector
from adbench_flow_vae.set_vae.inputs import tables
from adbench_flow_vae.set_vae.params import SetVaeParams
from adbench_flow_vae.set_vae.training import train_set_vae

from adbench.api import DetectorError, Events, EventSchema, Kind, RunContext, UnsuitedError

QUICK = SetVaeParams(least_steps=0, width=16, blocks=1, epochs=3, batch_size=64)
SCORES = ("fisher", "nll", "per_object")


@pytest.fixture(scope="module")
def kept() -> list[SetVaeDetector]:
    return []


@pytest.fixture
def detector(collisions, kept) -> SetVaeDetector:
    if not kept:
        kept.append(SetVaeDetector(QUICK, RunContext(seed=5)))
        kept[0].fit(collisions(400), collisions(200, seed=1), {})
    return kept[0]


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in SCORES)


def test_scores_are_three_finite_numbers_per_event(detector, collisions):
    scores = detector.score(collisions(30, seed=2))
    assert tuple(scores) == SCORES
    assert all(values.shape == (30,) and np.isfinite(values).all() for values in scores.values())
    assert {len(values) for values in detector.score(collisions(3)[:0]).values()} == {0}


def test_scores_follow_the_seed_and_neither_order_batch_nor_padding(detector, collisions):
    test = collisions(60, seed=2)
    again = SetVaeDetector(QUICK, RunContext(seed=5))
    again.fit(collisions(400), collisions(200, seed=1), {})
    scores = detector.score(test)
    assert same(again.score(test), scores)
    order = np.random.default_rng(0).permutation(60)
    assert same(detector.score(test[order]), {name: values[order] for name, values in scores.items()})
    assert same(detector.score(test[7:8]), {name: values[7:8] for name, values in scores.items()})
    assert same(detector.score(test.padded(33)), scores)


def test_a_saved_detector_gives_the_same_scores(detector, collisions, tmp_path: Path):
    test = collisions(40, seed=2)
    assert SetVaeDetector.can_save()
    detector.save(tmp_path)
    assert same(SetVaeDetector.load(tmp_path, QUICK, RunContext()).score(test), detector.score(test))
    with pytest.raises(DetectorError, match=r"weights\.npz does not hold the weights of this SetVae"):
        SetVaeDetector.load(tmp_path, replace(QUICK, latent=3), RunContext())


def test_training_improves_and_hard_events_are_more_anomalous(collisions):
    params = replace(QUICK, epochs=12)
    network, history = train_set_vae(params, collisions(1500), collisions(300, seed=1), RunContext(seed=1))
    assert min(history.validation) < history.validation[0] - 1
    assert history.best_epoch == 1 + history.validation.index(min(history.validation))
    detector = SetVaeDetector(params, RunContext())
    detector._network = network
    usual, hard = detector.score(collisions(400, seed=7)), detector.score(collisions(400, seed=8, hardness=3.0))
    assert np.mean(hard["fisher"][:, None] > usual["fisher"][None, :]) > 0.7
    assert np.mean(usual["fisher"]) == pytest.approx(3, rel=0.1)  # three exponentials of mean one


def test_scaling_comes_from_training_events_and_objects_alone(collisions):
    train = collisions(400)
    objects, kinds, _ = tables(train)
    networks = [train_set_vae(QUICK, train, collisions(50, seed=1, hardness=h), RunContext())[0] for h in (1.0, 5.0)]
    for network in networks:
        np.testing.assert_allclose(network.scale.objects.mean, objects[kinds > 0].mean(0), rtol=1e-4, atol=1e-4)


def test_validation_may_be_empty(collisions):
    detector = SetVaeDetector(QUICK)
    detector.fit(collisions(100), collisions(10)[:0], {})
    assert np.isfinite(detector.score(collisions(5))["fisher"]).all()


def test_objects_of_an_unknown_kind_are_named(collisions):
    events = collisions(10)
    schema = EventSchema(events.schema.object_features, (*events.schema.kinds, Kind("tau")), events.schema.features)
    with pytest.raises(UnsuitedError, match="kind tau"):
        SetVaeDetector(QUICK).fit(Events.build(schema, events.objects, events.kinds, events.features), events, {})


def test_events_without_missing_momentum_are_named(collisions):
    events = collisions(10)
    bare = Events.build(EventSchema(events.schema.object_features, events.schema.kinds), events.objects, events.kinds)
    with pytest.raises(UnsuitedError, match="needs events with met, met_phi; leave it out"):
        SetVaeDetector(QUICK).fit(bare, bare, {})


def test_more_objects_than_slots_are_counted_and_the_softest_not_seen(collisions):
    events = collisions(1)
    kinds = np.full((1, 25), 1)
    objects = np.tile(np.arange(25, 0, -1)[:, None] * 10.0, (1, 1, 4)).reshape(1, 25, 4)
    table, seen, numbers = tables(Events.build(events.schema, objects, kinds, events.features))
    assert (table.shape, seen.sum(), numbers[0, 0]) == ((1, 20, 4), 20, 25)
    assert np.exp(table[0, 0, 0]) == pytest.approx(250)


def test_an_unfitted_detector_says_so(collisions, tmp_path):
    for use in (lambda: SetVaeDetector().score(collisions(3)), lambda: SetVaeDetector().save(tmp_path)):
        with pytest.raises(DetectorError, match=r"has not been fitted: call fit\(\)"):
            use()


@pytest.mark.parametrize(
    "wrong", [{"width": 0}, {"heads": 3}, {"patience": -1}, {"learning_rate": 0.0}, {"epochs": 0}, {"latent": 0}]
)
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="width" if "heads" in wrong else next(iter(wrong))):
        SetVaeParams(**wrong)
