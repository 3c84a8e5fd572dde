from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from adbench_flow_vae.detector import FlowVae
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.representation import rows
from adbench_flow_vae.training import train_vae

from adbench.api import DetectorError, Events, RunContext

QUICK = FlowVaeParams(epochs=3, batch_size=64, flows=2)
HOUSEHOLDER = replace(QUICK, flow="householder")
CONV = replace(QUICK, network="conv", multiplicity=True, high_level=True)
DARKFLOW = replace(QUICK, network="conv", compat="darkflow", score_samples=1)
SCORES = ("chamfer", "kl", "rz")


@pytest.fixture(scope="module")
def fitted_once() -> dict[FlowVaeParams, FlowVae]:
    return {}


@pytest.fixture
def fitted(collisions, fitted_once):
    """A detector fitted on the same background, once per set of parameters."""

    def make(params: FlowVaeParams) -> FlowVae:
        if params not in fitted_once:
            fitted_once[params] = FlowVae(params, RunContext(seed=5))
            fitted_once[params].fit(collisions(400), collisions(100, seed=1), {})
        return fitted_once[params]

    return make


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in SCORES)


@pytest.mark.parametrize("params", [QUICK, HOUSEHOLDER, CONV])
def test_scores_are_three_finite_numbers_per_event(fitted, collisions, params):
    scores = fitted(params).score(collisions(30, seed=2))
    assert tuple(scores) == SCORES
    for values in scores.values():
        assert values.shape == (30,)
        assert np.isfinite(values).all()
        assert len(np.unique(values)) > 1


def test_no_events_give_no_scores(fitted, collisions):
    assert {name: len(values) for name, values in fitted(QUICK).score(collisions(30)[:0]).items()} == dict.fromkeys(
        SCORES, 0
    )


@pytest.mark.parametrize("params", [QUICK, HOUSEHOLDER, CONV])
def test_the_same_seed_gives_the_same_scores_and_another_seed_others(fitted, collisions, params):
    test = collisions(30, seed=2)
    again, other = FlowVae(params, RunContext(seed=5)), FlowVae(params, RunContext(seed=6))
    for detector in (again, other):
        detector.fit(collisions(400), collisions(100, seed=1), {})
    assert same(again.score(test), fitted(params).score(test))
    assert not same(other.score(test), again.score(test))


@pytest.mark.parametrize("params", [QUICK, HOUSEHOLDER, replace(HOUSEHOLDER, score_samples=3), CONV, DARKFLOW])
def test_scores_do_not_depend_on_batch_order_or_padding(fitted, collisions, monkeypatch, params):
    test, detector = collisions(90, seed=2), fitted(params)
    scores = detector.score(test)
    order = np.random.default_rng(0).permutation(90)
    assert same(detector.score(test[order]), {name: values[order] for name, values in scores.items()})
    assert same(detector.score(test[17:18]), {name: values[17:18] for name, values in scores.items()})
    assert same(detector.score(test.padded(33)), scores)
    monkeypatch.setattr("adbench_flow_vae.scores._BATCH", {"gcn": 13, "conv": 13})
    for name, values in detector.score(test).items():
        np.testing.assert_allclose(values, scores[name], rtol=1e-4, atol=1e-6)


def test_averaging_over_draws_changes_the_distance_alone_and_follows_the_seed(fitted, collisions):
    test, detector = collisions(50, seed=2), fitted(HOUSEHOLDER)
    at_mean = detector.score(test)

    def averaged(draws: int, seed: int) -> dict[str, np.ndarray]:
        other = FlowVae(replace(HOUSEHOLDER, score_samples=draws), RunContext(seed=seed))
        other._network = train_vae(other.params, collisions(400), collisions(100, seed=1), RunContext(seed=5))[0]
        return other.score(test)

    first, again, other_seed = averaged(4, 5), averaged(4, 5), averaged(4, 6)
    assert same(first, again)
    assert not np.array_equal(first["chamfer"], at_mean["chamfer"])
    assert not np.array_equal(first["chamfer"], other_seed["chamfer"])
    assert np.array_equal(first["kl"], at_mean["kl"])
    assert np.array_equal(first["rz"], at_mean["rz"])


@pytest.mark.parametrize("params", [HOUSEHOLDER, replace(QUICK, mask_padding=True, adjacency="masked"), CONV, DARKFLOW])
def test_a_saved_detector_gives_the_same_scores(fitted, collisions, tmp_path: Path, params):
    test, detector = collisions(40, seed=2), fitted(params)
    assert FlowVae.can_save()
    detector.save(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]
    assert same(FlowVae.load(tmp_path, params, RunContext(seed=5)).score(test), detector.score(test))
    with pytest.raises(DetectorError, match=r"weights\.npz does not hold the weights of this Vae"):
        FlowVae.load(tmp_path, replace(params, latent=7), RunContext())


def test_scaling_is_learned_from_training_events_alone(collisions):
    train = collisions(400)
    networks = [
        train_vae(QUICK, train, collisions(100, seed=1, hardness=hardness), RunContext())[0] for hardness in (1.0, 5.0)
    ]
    table = rows(train).astype(np.float64)
    spread = np.where(table.std(0) == 0, 1, table.std(0))
    for network in networks:
        np.testing.assert_allclose(network.scale.mean, table.mean(0), rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(network.scale.deviation, spread, rtol=1e-5)
        network.scores(torch.full((3, 39, 5), 100.0), torch.empty(3, 0))
        np.testing.assert_allclose(network.scale.mean, table.mean(0), rtol=1e-5, atol=1e-5)


def test_event_weights_matter_and_their_unit_does_not(collisions):
    hard, soft = collisions(200, seed=3, hardness=4.0), collisions(200, seed=4)
    both = Events.concatenate([hard, soft])
    test = collisions(50, seed=2)

    def scores(weights: np.ndarray) -> dict[str, np.ndarray]:
        detector = FlowVae(replace(QUICK, epochs=30), RunContext())
        detector.fit(replace(both, weights=weights.astype(np.float32)), collisions(50, seed=1), {})
        return detector.score(test)

    even, on_hard = scores(np.ones(400)), scores(np.repeat([1.0, 0.01], 200))
    assert np.median(on_hard["chamfer"] / even["chamfer"]) != pytest.approx(1, abs=0.02)
    assert same(scores(np.full(400, 2.0**-20)), even)


def test_mask_padding_decides_whether_empty_slots_are_compared(fitted, collisions):
    test = collisions(60, seed=2)
    masked = fitted(replace(QUICK, adjacency="masked", mask_padding=True)).score(test)["chamfer"]
    empty = Events.build(test.schema, 0 * test.objects, 0 * test.kinds, test.features)
    assert (masked > 0).all()
    assert not fitted(replace(QUICK, adjacency="masked", mask_padding=True)).score(empty)["chamfer"].any()
    assert (fitted(QUICK).score(empty)["chamfer"] > 0).all()


def test_training_improves_background_and_restores_the_best_epoch(collisions):
    train, validation = collisions(1000), collisions(200, seed=1)
    params = replace(HOUSEHOLDER, epochs=15, patience=0)
    network, history = train_vae(params, train, validation, RunContext(seed=1))
    assert history.train[-1] < 0.98 * history.train[0]
    assert history.validation[history.best_epoch - 1] == min(history.validation) < history.validation[0]
    distance = network.scores(*map(torch.from_numpy, network.view.tables(validation)))["chamfer"].mean().item()
    assert distance == pytest.approx(min(history.validation), rel=0.01)  # beta is tiny, and so is what a draw changes


def test_harder_events_are_more_anomalous(collisions):
    detector = FlowVae(replace(QUICK, epochs=20), RunContext(seed=1))
    detector.fit(collisions(1000), collisions(200, seed=1), {})
    usual = detector.score(collisions(500, seed=7))["chamfer"]
    hard = detector.score(collisions(500, seed=8, hardness=3.0))["chamfer"]
    assert np.mean(hard[:, None] > usual[None, :]) > 0.6


def test_numbers_that_are_not_finite_stop_the_fit_and_name_the_epoch(collisions):
    train = collisions(100)
    broken = train.objects.copy()
    broken[3, 0, 1] = np.nan
    with pytest.raises(DetectorError, match="loss is nan in epoch 1 of 3"):
        FlowVae(QUICK).fit(replace(train, objects=broken), collisions(50), {})


def test_validation_may_be_empty(collisions):
    detector = FlowVae(QUICK)
    detector.fit(collisions(100), collisions(10)[:0], {})
    assert np.isfinite(detector.score(collisions(5))["chamfer"]).all()


def test_an_unfitted_detector_says_so(collisions, tmp_path):
    for use in (lambda: FlowVae().score(collisions(3)), lambda: FlowVae().save(tmp_path)):
        with pytest.raises(DetectorError, match=r"has not been fitted: call fit\(\)"):
            use()
