from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from adbench_baselines.boosting import BoostingDetector
from adbench_baselines.kde import DensityDetector, DensityParams
from adbench_baselines.mixture import MixtureDetector
from adbench_baselines.neighbours import NeighboursDetector, NeighboursParams
from adbench_baselines.pca import PcaDetector
from adbench_baselines.random import RandomScore
from adbench_baselines.support import SupportVectorDetector, SupportVectorParams
from scipy.special import logsumexp
from scipy.stats import gaussian_kde, multivariate_normal

from adbench.api import DetectorError, ParameterError, RunContext
from adbench.api.params import resolve

TABLES = [PcaDetector, MixtureDetector, NeighboursDetector, DensityDetector, SupportVectorDetector]


def fitted(kind, train, params=None, seed: int = 0):
    detector = kind(params, RunContext(seed=seed))
    detector.fit(train, train[:0], {})
    return detector


@pytest.mark.parametrize("kind", TABLES)
def test_hard_events_score_higher_whatever_the_batch(kind, toy):
    detector = fitted(kind, toy(900, 1.0, 1))
    events = toy(300, 1.0, 2)
    soft, hard = detector.score(events), detector.score(toy(200, 4.0, 3))
    for name in soft:
        assert (hard[name][:, None] > soft[name]).mean() > 0.7
        np.testing.assert_array_equal(detector.score(events[::-1])[name], soft[name][::-1])
        np.testing.assert_array_equal(detector.score(events[7:8])[name], soft[name][7:8])
        assert detector.score(events[:0])[name].shape == (0,)


@pytest.mark.parametrize("kind", TABLES)
def test_padding_of_training_or_of_other_events_changes_nothing(kind, toy):
    train, events = toy(300, 1.0, 1), toy(40, 2.0, 2)
    narrow = fitted(kind, train)
    for name, values in narrow.score(events).items():
        np.testing.assert_allclose(narrow.score(events.padded(20))[name], values, rtol=1e-4, atol=1e-5)
    wide = fitted(kind, train.padded(20))
    for name, values in wide.score(events.padded(20)).items():
        np.testing.assert_allclose(wide.score(events)[name], values, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", TABLES)
def test_events_of_weight_zero_are_not_learnt(kind, toy):
    """With weights of 0 and 3 the detector is one of the events of weight 3, drawn with replacement."""
    soft, hard = toy(600, 1.0, 1), toy(600, 4.0, 4)
    both = type(soft).concatenate([soft, hard])
    weights = np.repeat(np.float32([3, 0]), 600)
    fresh_soft, fresh_hard = toy(300, 1.0, 5), toy(300, 4.0, 6)

    def auc(train) -> float:
        detector = fitted(kind, train)
        name = next(iter(detector.score(fresh_soft)))
        return (detector.score(fresh_hard)[name][:, None] > detector.score(fresh_soft)[name]).mean()

    weighted, alone, even = auc(dataclasses.replace(both, weights=weights)), auc(soft), auc(both)
    assert weighted == pytest.approx(alone, abs=0.05)
    assert weighted > even + 0.02


def test_resampling_follows_the_weights(toy):
    """Mean and spread of the scaling are the weighted ones, within what drawing 4000 events leaves open."""
    events = toy(4000, 1.0, 1)
    weights = np.random.default_rng(0).exponential(1.0, 4000).astype(np.float32)
    state = fitted(PcaDetector, dataclasses.replace(events, weights=weights)).state
    x, share = events.tabular().astype(float), weights.astype(float) / weights.sum()
    mean = share @ x
    spread = np.sqrt(share @ (x - mean) ** 2)
    np.testing.assert_allclose(state["mean"], mean, atol=5 * (spread / np.sqrt(4000)).max())
    np.testing.assert_allclose(state["spread"], spread, rtol=0.2)
    assert np.abs((state["mean"] - mean) / spread).max() < 5 / np.sqrt(4000)
    same = fitted(PcaDetector, dataclasses.replace(events, weights=np.full(4000, 7, np.float32))).state
    np.testing.assert_allclose(same["mean"], x.mean(axis=0), rtol=1e-12)  # equal weights: nothing is drawn


@pytest.mark.parametrize("kind", TABLES)
def test_the_seed_decides(kind, toy):
    weights = np.linspace(0, 1, 300, dtype=np.float32)
    train, events = dataclasses.replace(toy(300, 1.0, 1), weights=weights), toy(40, 2.0, 2)
    one, again, other = (fitted(kind, train, seed=seed).score(events) for seed in (3, 3, 4))
    for name in one:
        np.testing.assert_array_equal(again[name], one[name])
        assert not np.array_equal(other[name], one[name])


@pytest.mark.parametrize("kind", [*TABLES, BoostingDetector, RandomScore])
def test_a_saved_detector_scores_the_same_and_is_arrays(kind, toy, tmp_path: Path):
    detector, events = kind(None, RunContext(seed=2)), toy(60, 2.0, 2)
    detector.fit(toy(300, 1.0, 1), toy(0, 1.0, 1), {"hard": toy(100, 3.0, 5)} if kind is BoostingDetector else {})
    assert kind.can_save()
    detector.save(tmp_path)
    again = kind.load(tmp_path, detector.params, RunContext(seed=2))
    np.testing.assert_equal(again.score(events), detector.score(events))
    for file in tmp_path.iterdir():
        with np.load(file, allow_pickle=False) as stored:
            assert all(stored[name].dtype.kind in "fiu" for name in stored.files)


@pytest.mark.parametrize("kind", [*TABLES, BoostingDetector])
def test_what_is_no_model_is_one_line(kind, toy, tmp_path: Path):
    for use in (lambda: kind().score(toy(3, 1.0, 0)), lambda: kind().save(tmp_path)):
        with pytest.raises(DetectorError, match=r"has not been fitted: call fit\(\)"):
            use()
    with pytest.raises(DetectorError, match=r"model\.npz does not hold a fitted model"):
        kind.load(tmp_path, None, RunContext())
    (tmp_path / "model.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(DetectorError, match=r"model\.npz does not hold a fitted model"):
        kind.load(tmp_path, None, RunContext())
    np.savez(tmp_path / "model.npz", other=np.zeros(1))
    with pytest.raises(DetectorError, match="another detector's model"):
        kind.load(tmp_path, None, RunContext())


def test_against_closed_forms(toy):
    train, events = toy(400, 1.0, 1), toy(30, 2.0, 2)
    knn, pca, gmm = (fitted(kind, train) for kind in (NeighboursDetector, PcaDetector, MixtureDetector))
    x = knn.standardised(events)
    distance = np.linalg.norm(x[:, None] - knn.standardised(train)[None], axis=2)
    np.testing.assert_allclose(knn.score(events)["distance"], np.sort(distance, axis=1)[:, 4], rtol=1e-6)
    axes = np.linalg.svd(pca.standardised(train))[2][: len(pca.state["components"])]
    rest = x - x @ axes.T @ axes
    np.testing.assert_allclose(pca.score(events)["reconstruction"], (rest**2).sum(1), rtol=1e-8)
    m = gmm.state
    covariances = np.linalg.inv(m["precisions_cholesky_"] @ m["precisions_cholesky_"].transpose(0, 2, 1))
    parts = [
        np.log(w) + multivariate_normal(mu, (c + c.T) / 2).logpdf(x)
        for w, mu, c in zip(m["weights_"], m["means_"], covariances, strict=True)
    ]
    np.testing.assert_allclose(gmm.score(events)["negative_log_density"], -logsumexp(parts, axis=0), rtol=1e-6)


def test_kernel_density_is_scipys_on_the_whitened_table(toy):
    """Scott's rule of both is n^(-1/(d+4)); scipy scales its kernel with the covariance, here the unit matrix."""
    train, events = toy(500, 1.0, 1), toy(40, 8.0, 2)  # hard ones, far out in the tail
    detector = fitted(DensityDetector, train, DensityParams(components=4))
    x, y = detector.standardised(train), detector.standardised(events)
    values, vectors = np.linalg.eigh(np.cov(x.T))
    axes = vectors[:, -4:] / np.sqrt(values[-4:])
    reference = gaussian_kde(((x - x.mean(0)) @ axes).T, bw_method="scott")
    expected = -reference.logpdf(((y - x.mean(0)) @ axes).T)
    np.testing.assert_allclose(detector.score(events)["negative_log_density"], expected, rtol=1e-9)
    wide = fitted(DensityDetector, train, DensityParams(components=4, bandwidth=2.0))
    assert wide.state["bandwidth"] == 2.0


def test_one_class_machine_meets_the_conditions_of_its_optimum(toy):
    """Schölkopf et al.: 0 <= a <= 1, sum a = nu n (libsvm's scale), at most nu outside, at least nu support vectors."""
    train, events, nu = toy(500, 1.0, 1), toy(40, 2.0, 2), 0.2
    detector = fitted(SupportVectorDetector, train, SupportVectorParams(nu=nu))
    state, x = detector.state, detector.standardised(events)
    a, vectors = state["multipliers"], state["vectors"]
    assert a.min() > 0
    assert a.max() <= 1
    assert a.sum() == pytest.approx(nu * 500, rel=1e-6)
    outside = detector.score(train)["outside"]
    slack = 2e-3 * state["rho"]  # libsvm's tolerance
    assert (outside > slack).mean() <= nu <= len(a) / 500
    on_boundary = (a > 1e-6) & (a < 1 - 1e-6)
    kernel = np.exp(-((vectors[:, None] - vectors[None]) ** 2).sum(2) / vectors.shape[1])
    np.testing.assert_allclose((kernel @ a)[on_boundary], state["rho"], rtol=2e-3)
    by_hand = state["rho"] - np.exp(-((x[:, None] - vectors) ** 2).sum(2) / x.shape[1]) @ a
    np.testing.assert_allclose(detector.score(events)["outside"], by_hand, rtol=1e-9)


def test_no_more_events_than_asked_for_are_kept(toy):
    train = toy(300, 1.0, 1)
    assert len(fitted(DensityDetector, train, DensityParams(max_training_events=50)).state["bumps"]) == 50
    assert len(fitted(NeighboursDetector, train, NeighboursParams(max_training_events=50)).state["kept"]) == 50
    machine = fitted(SupportVectorDetector, train, SupportVectorParams(max_training_events=50))
    assert machine.state["multipliers"].sum() == pytest.approx(0.1 * 50)


@pytest.mark.parametrize("kind", TABLES)
def test_a_bounded_choice_is_drawn_by_seed_and_noted(kind, toy):
    train, events = toy(300, 1.0, 1), toy(40, 2.0, 2)
    one, again, other = (fitted(kind, train, kind.Params(max_training_events=250), seed=seed) for seed in (1, 1, 2))
    assert one.context.notes == ["trained on 250 of 300 background events, drawn at random (max_training_events)"]
    np.testing.assert_equal(again.score(events), one.score(events))
    assert not np.array_equal(other.state["mean"], one.state["mean"])
    enough = fitted(kind, train, kind.Params(max_training_events=300))
    assert enough.context.notes == []
    np.testing.assert_array_equal(enough.state["mean"], train.tabular().astype(np.float64).mean(axis=0))


@pytest.mark.parametrize(
    ("params", "wrong"),
    [(DensityParams, {"bandwidth": -1}), (DensityParams, {"components": 0}), (SupportVectorParams, {"nu": 0}),
     (SupportVectorParams, {"gamma": -1}), (SupportVectorParams, {"max_training_events": 1})],
)  # fmt: skip
def test_parameters_out_of_range_are_refused(params, wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        resolve(params, wrong, "baseline")


def test_random_score_knows_nothing(toy):
    events = toy(2000, 1.0, 1)
    scores = RandomScore().score(events)
    np.testing.assert_array_equal(RandomScore().score(events[::-1]), scores[::-1])
    assert abs(scores.mean() - 0.5) < 0.03
    assert np.abs(RandomScore(None, RunContext(seed=1)).score(events) - scores).max() > 0.1
