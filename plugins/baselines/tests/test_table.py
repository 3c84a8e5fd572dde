from __future__ import annotations

import numpy as np
import pytest
from adbench_baselines.boosting import BoostingDetector
from adbench_baselines.mixture import MixtureDetector
from adbench_baselines.neighbours import NeighboursDetector
from adbench_baselines.pca import PcaDetector
from adbench_baselines.random import RandomScore
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


@pytest.mark.parametrize("kind", [PcaDetector, MixtureDetector, NeighboursDetector])
def test_hard_events_score_higher_whatever_the_batch(kind, toy):
    detector = kind()
    detector.fit(toy(900, 1.0, 1), toy(0, 1.0, 1), {})
    events = toy(300, 1.0, 2)
    soft, hard = detector.score(events), detector.score(toy(200, 4.0, 3))
    for name in soft:
        assert (hard[name][:, None] > soft[name]).mean() > 0.7
        np.testing.assert_array_equal(detector.score(events[::-1])[name], soft[name][::-1])
        np.testing.assert_array_equal(detector.score(events[7:8])[name], soft[name][7:8])
        assert detector.score(events[:0])[name].shape == (0,)


def table(detector, events):
    return (events.tabular().astype(float) - detector._mean) / detector._spread


def test_against_closed_forms(toy):
    train, events = toy(400, 1.0, 1), toy(30, 2.0, 2)
    knn, pca, gmm = NeighboursDetector(), PcaDetector(), MixtureDetector()
    for detector in (knn, pca, gmm):
        detector.fit(train, train[:0], {})
    x = table(knn, events)
    distance = np.linalg.norm(x[:, None] - table(knn, train)[None], axis=2)
    np.testing.assert_allclose(knn.score(events)["distance"], np.sort(distance, axis=1)[:, 4], rtol=1e-6)
    back = pca._pca.inverse_transform(pca._pca.transform(x))
    np.testing.assert_allclose(pca.score(events)["reconstruction"], ((x - back) ** 2).sum(1), rtol=1e-8)
    m = gmm._mixture
    parts = [
        np.log(w) + multivariate_normal(mu, c).logpdf(x)
        for w, mu, c in zip(m.weights_, m.means_, m.covariances_, strict=True)
    ]
    np.testing.assert_allclose(gmm.score(events)["negative_log_density"], -logsumexp(parts, axis=0), rtol=1e-6)


def test_random_score_knows_nothing(toy):
    events = toy(2000, 1.0, 1)
    scores = RandomScore().score(events)
    np.testing.assert_array_equal(RandomScore().score(events[::-1]), scores[::-1])
    assert abs(scores.mean() - 0.5) < 0.03


def test_boosting_learns_its_priors(toy):
    detector = BoostingDetector()
    detector.fit(toy(500, 1.0, 1), toy(0, 1.0, 1), {"hard": toy(300, 3.0, 2)})
    assert (detector.score(toy(200, 3.0, 4))[:, None] > detector.score(toy(200, 1.0, 3))).mean() > 0.7
