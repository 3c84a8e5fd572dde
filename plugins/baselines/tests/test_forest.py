from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from adbench_baselines import forest
from adbench_baselines.forest import IsolationForestDetector, IsolationForestParams

from adbench.api import DetectorError, ParameterError, RunContext
from adbench.api.params import resolve


@pytest.fixture
def background(toy):
    return toy(1200, 1.0, 1)


def fitted(background, seed: int = 0, threads: int = 1, **params: float) -> IsolationForestDetector:
    detector = IsolationForestDetector(IsolationForestParams(**params), RunContext(seed=seed, threads=threads))
    detector.fit(background, background[:0], {})
    return detector


def test_hard_events_are_anomalous(background, toy):
    detector = fitted(background)
    b, s = detector.score(toy(400, 1.0, 2)), detector.score(toy(300, 4.0, 3))
    auc = (s[:, None] > b[None, :]).mean() + 0.5 * (s[:, None] == b[None, :]).mean()
    assert auc > 0.8
    assert b.shape == (400,)
    assert np.all((b > 0) & (b < 1))


def test_score_is_the_papers_formula(background):
    """Equation 2 of Liu, Ting, Zhou, from the trees' own depths: s = 2^(-E[h] / c(psi)), c(2) = 1, c(1) = 0."""

    def c(n: int) -> float:
        return 0.0 if n < 2 else 1.0 if n == 2 else 2 * (np.log(n - 1) + np.euler_gamma) - 2 * (n - 1) / n

    detector = fitted(background, n_estimators=10, max_samples=64)
    x, lengths = background[:20].tabular(), np.zeros(20)
    for tree in detector._forest.estimators_:
        leaves, steps = tree.apply(x), np.asarray(tree.decision_path(x).sum(axis=1)).ravel() - 1
        lengths += steps + [c(int(tree.tree_.n_node_samples[leaf])) for leaf in leaves]
    np.testing.assert_allclose(detector.score(background[:20]), 2 ** (-lengths / 10 / c(64)), rtol=1e-12)


def test_seed_decides_and_threads_do_not(background):
    scores = fitted(background, seed=3).score(background)
    np.testing.assert_array_equal(fitted(background, seed=3, threads=2).score(background), scores)
    assert np.abs(fitted(background, seed=4).score(background) - scores).max() > 1e-3


def test_global_random_state_is_left_alone(background):
    np.random.seed(7)  # noqa: NPY002  the legacy global state is what must not move
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    fitted(background).score(background)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_scores_do_not_depend_on_batch_or_order(background, toy, monkeypatch):
    detector, events = fitted(background), toy(500, 2.0, 9)
    together = detector.score(events)
    monkeypatch.setattr(forest, "CHUNK", 37)
    np.testing.assert_array_equal(detector.score(events), together)
    np.testing.assert_array_equal(detector.score(events[::-1]), together[::-1])
    np.testing.assert_array_equal(np.concatenate([detector.score(events[i : i + 1]) for i in range(20)]), together[:20])
    assert detector.score(events[:0]).shape == (0,)


def test_padding_makes_no_other_columns(background, toy):
    detector, events = fitted(background), toy(200, 2.0, 9)
    np.testing.assert_allclose(detector.score(events.padded(20)), detector.score(events), rtol=1e-6)


def test_weights_are_sampling_probabilities(background, toy):
    """Events of weight zero are never seen: a forest of half the events scores as if the rest were not there."""
    both = type(background).concatenate([background, toy(1200, 4.0, 4)])
    weights = np.repeat(np.float32([1, 0]), 1200)
    weighted = fitted(dataclasses.replace(both, weights=weights))
    hard, soft = toy(300, 4.0, 5), toy(300, 1.0, 6)
    gap = weighted.score(hard).mean() - weighted.score(soft).mean()
    reference = fitted(background)
    assert gap == pytest.approx(reference.score(hard).mean() - reference.score(soft).mean(), rel=0.2)
    assert gap > 2 * (fitted(both).score(hard).mean() - fitted(both).score(soft).mean())


def test_no_more_events_are_read_than_trees_can_use(background):
    detector = fitted(background, n_estimators=4, max_samples=100)
    assert len(detector._drawn(background)) == 400
    assert len(np.unique(detector._drawn(background))) == 400


def test_impossible_input_is_refused(background):
    with pytest.raises(DetectorError, match="it got 1"):
        fitted(background[:1])
    with pytest.raises(DetectorError, match="weights of at least 0"):
        fitted(dataclasses.replace(background, weights=-background.weights))
    with pytest.raises(ParameterError, match="max_features"):
        resolve(IsolationForestParams, {"max_features": "1.5"}, "isolation_forest")
