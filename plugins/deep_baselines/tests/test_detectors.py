"""What all detectors of this distribution owe: the contract, whatever the method."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from adbench_deep_baselines.alad import Alad
from adbench_deep_baselines.autoencoder import Autoencoder
from adbench_deep_baselines.dagmm import Dagmm
from adbench_deep_baselines.deep_svdd import DeepSvdd
from adbench_deep_baselines.params import AladParams, AutoencoderParams, DagmmParams, DeepSvddParams

from adbench.api import DetectorError, Events, RunContext, UsageError

QUICK = {
    "autoencoder": (Autoencoder, AutoencoderParams(epochs=3, batch_size=64)),
    "hard": (DeepSvdd, DeepSvddParams(epochs=3, pretraining=2, batch_size=64)),
    "soft": (
        DeepSvdd,
        DeepSvddParams(boundary="soft", epochs=3, warm_up=1, pretraining=0, fine_epochs=1, batch_size=64),
    ),
    "dagmm": (Dagmm, DagmmParams(epochs=3, batch_size=128, learning_rate=1e-3)),
    "alad": (Alad, AladParams(epochs=2, batch_size=64, average=0.9)),
}


@pytest.fixture(scope="module")
def fitted_once() -> dict[str, object]:
    return {}


@pytest.fixture(params=QUICK)
def name(request) -> str:
    return request.param


@pytest.fixture
def fitted(name, collisions, fitted_once):
    """Each detector fitted on the same background, once."""
    if name not in fitted_once:
        fitted_once[name] = fit(name, collisions(400), collisions(100, seed=1))
    return fitted_once[name]


def fit(name: str, train: Events, validation: Events, seed: int = 5, **changes: object):
    kind, params = QUICK[name]
    detector = kind(replace(params, **changes), RunContext(seed=seed))
    detector.fit(train, validation, {})
    return detector


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return list(one) == list(other) and all(np.array_equal(one[key], other[key]) for key in one)


def test_scores_are_finite_and_differ(fitted, collisions):
    scores = fitted.score(collisions(30, seed=2))
    assert tuple(scores) == fitted.SCORES
    for values in scores.values():
        assert values.shape == (30,)
        assert np.isfinite(values).all()
        assert len(np.unique(values)) == 30
    assert all(len(values) == 0 for values in fitted.score(collisions(30)[:0]).values())


def test_the_seed_decides_and_nothing_else(name, fitted, collisions):
    test = collisions(30, seed=2)
    torch.manual_seed(123)
    before = torch.random.get_rng_state()
    again, other = (fit(name, collisions(400), collisions(100, seed=1), seed) for seed in (5, 6))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert same(again.score(test), fitted.score(test))
    assert not same(other.score(test), fitted.score(test))


def test_scores_do_not_depend_on_batch_order_or_padding(fitted, collisions, monkeypatch):
    test = collisions(90, seed=2)
    scores, order = fitted.score(test), np.random.default_rng(0).permutation(90)
    assert same(fitted.score(test[order]), {key: values[order] for key, values in scores.items()})
    assert same(fitted.score(test[17:18]), {key: values[17:18] for key, values in scores.items()})
    for key, values in fitted.score(test.padded(20)).items():
        np.testing.assert_allclose(values, scores[key], rtol=1e-4, atol=1e-5)
    monkeypatch.setattr("adbench_deep_baselines.detector._BATCH", 13)
    for key, values in fitted.score(test).items():
        np.testing.assert_allclose(values, scores[key], rtol=1e-4, atol=1e-5)


def test_numbers_in_empty_slots_are_not_seen(fitted, collisions):
    test = collisions(40, seed=2)
    dirty = replace(test, objects=np.where(test.present[:, :, None], test.objects, np.float32(999)))
    assert not np.array_equal(dirty.objects, test.objects)
    assert same(fitted.score(dirty), fitted.score(test))


def test_a_saved_detector_gives_the_same_scores(name, fitted, collisions, tmp_path: Path):
    test, (kind, params) = collisions(40, seed=2), QUICK[name]
    assert kind.can_save()
    fitted.save(tmp_path)
    assert same(kind.load(tmp_path, params, RunContext(seed=5)).score(test), fitted.score(test))
    with pytest.raises(DetectorError, match=r"weights\.npz does not hold the weights of this"):
        kind.load(tmp_path, replace(params, latent=7), RunContext())
    (tmp_path / "table.json").write_text(json.dumps({"columns": "many"}))
    with pytest.raises(DetectorError, match=r"table\.json does not hold the shape"):
        kind.load(tmp_path, params, RunContext())


def test_events_of_weight_zero_are_not_learnt_and_the_unit_of_weights_is_free(name, collisions):
    soft, hard, test = collisions(200), collisions(200, met=400.0, seed=3), collisions(30, seed=2)
    both = Events.concatenate([soft, hard])

    def scores(events: Events, weights: np.ndarray) -> dict[str, np.ndarray]:
        return fit(name, replace(events, weights=weights.astype(np.float32)), soft[:0]).score(test)

    ones = np.ones(400)
    on_soft = scores(both, np.repeat([1.0, 0.0], 200))
    assert not same(on_soft, scores(both, ones))
    assert same(scores(both, 2.0**-10 * ones), scores(both, ones))
    other_hard = Events.concatenate([soft, collisions(200, met=2000.0, seed=4)])
    for key, values in scores(other_hard, np.repeat([1.0, 0.0], 200)).items():
        np.testing.assert_allclose(values, on_soft[key], rtol=1e-3, atol=1e-4)  # zero times anything


def test_hard_events_are_more_anomalous(name, collisions):
    detector = fit(name, collisions(1000), collisions(300, seed=1), epochs=12)
    key = detector.SCORES[0]
    usual, hard = detector.score(collisions(400, seed=7))[key], detector.score(collisions(400, met=400.0, seed=8))[key]
    assert np.mean(hard[:, None] > usual[None, :]) > 0.6


def test_scaling_sees_training_events_alone(name, collisions):
    train = collisions(300)
    detector = fit(name, train, collisions(100, met=900.0, seed=1))
    table = train.tabular().astype(np.float64)
    np.testing.assert_allclose(detector._network.scale.mean, table.mean(0), rtol=1e-4, atol=1e-4)


def test_faults_are_named(name, collisions):
    kind, params = QUICK[name]
    train = collisions(100)
    broken = replace(train, features=np.where(np.arange(100)[:, None] == 3, np.float32(np.nan), train.features))
    with pytest.raises(DetectorError, match="nan in epoch 1"):
        fit(name, broken, train)
    with pytest.raises(DetectorError, match="weights add up to 0"):
        fit(name, replace(train, weights=0 * train.weights), train)
    with pytest.raises(DetectorError, match="deadline passed"):
        kind(params, RunContext(deadline=0.0)).fit(train, train, {})
    with pytest.raises(DetectorError, match=r"has not been fitted: call fit\(\)"):
        kind(params).score(train)


def test_adversarial_training_says_that_it_knows_one_device(collisions):
    with pytest.raises(UsageError, match="one device in 32 bits"):
        Alad(AladParams(epochs=1), RunContext(precision="bf16-mixed")).fit(collisions(50), collisions(10), {})
