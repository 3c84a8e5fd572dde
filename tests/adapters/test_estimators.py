from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import StandardScaler

from adbench.adapters.estimators import detector_type
from adbench.adapters.specs import sklearn_detector, spec_of_path
from adbench.api import DetectorError, Events, ParameterError, RunContext, UsageError
from adbench.api.errors import PluginError, UnknownNameError
from adbench.testing.toys import ToyDataset

FOREST = "sklearn.ensemble.IsolationForest"


@pytest.fixture(scope="module")
def events() -> tuple[Events, Events, Events]:
    from adbench.api import DatasetOptions

    toys = ToyDataset(DatasetOptions())
    return toys.train("a"), toys.background("a"), toys.signal("a", "shift")


def made(path: str = FOREST, seed: int = 0, **params: Any) -> Any:
    spec = sklearn_detector("it", path, **params)
    return spec.load()(spec.resolve(), RunContext(seed=seed))


def test_it_is_the_estimator_on_the_scaled_table_with_the_sign_turned(events: tuple[Events, Events, Events]) -> None:
    train, test, _ = events
    ours = made(n_estimators=20, max_samples=64)
    ours.fit(train, train, {})
    scale = StandardScaler().fit(train.tabular().astype(np.float64))
    seed = int(RunContext(seed=0).rng("estimator").integers(2**31))
    theirs = IsolationForest(n_estimators=20, max_samples=64, random_state=seed, n_jobs=1)
    theirs.fit(scale.transform(train.tabular().astype(np.float64)), sample_weight=train.weights)
    expected = -theirs.score_samples(scale.transform(test.tabular().astype(np.float64)))
    assert ours.score(test) == pytest.approx(expected, abs=1e-9)


def test_it_is_the_same_for_a_seed_after_loading_and_in_parts(
    events: tuple[Events, Events, Events], tmp_path: Path
) -> None:
    train, test, _ = events
    one, two = made(max_train=100), made(max_train=100)
    for detector in (one, two):
        detector.fit(train, train, {})
    scores = one.score(test)
    np.testing.assert_array_equal(scores, two.score(test))
    np.testing.assert_allclose(scores[10:20], one.score(test[10:20]), rtol=1e-12)
    one.save(tmp_path)
    loaded = type(one).load(tmp_path, one.params, one.context)
    np.testing.assert_array_equal(scores, loaded.score(test))


def test_higher_is_more_anomalous_by_protocol_or_by_order(events: tuple[Events, Events, Events]) -> None:
    train, test, signal = events
    ours = made("sklearn.svm.OneClassSVM", nu=0.1)
    ours.fit(train, train, {})
    assert ours.score(signal).mean() > ours.score(test).mean()
    turned = made("sklearn.svm.OneClassSVM", nu=0.1, higher="anomalous")
    turned.fit(train, train, {})
    np.testing.assert_array_equal(turned.score(test), -ours.score(test))


def test_events_with_fewer_slots_than_those_of_training_are_scored_alike(events: tuple[Events, Events, Events]) -> None:
    train, test, _ = events
    detector = made("sklearn.neighbors.LocalOutlierFactor", novelty=True)
    detector.fit(train[:200], train, {})
    few = test[test.present.sum(axis=1) <= 1][:20]
    assert len(few)
    narrow = dataclasses.replace(few, objects=few.objects[:, :1], kinds=few.kinds[:, :1])
    np.testing.assert_allclose(detector.score(narrow), detector.score(few), rtol=1e-12)


def test_what_an_estimator_leaves_out_is_a_note_of_the_run(events: tuple[Events, Events, Events]) -> None:
    train, _, _ = events
    uneven = dataclasses.replace(train, weights=np.linspace(0.5, 1.5, len(train), dtype=np.float32))
    detector = made("sklearn.mixture.GaussianMixture", max_train=100)
    detector.fit(uneven, train, {})
    assert detector.context.notes == [
        f"trained on 100 of {len(train):,} background events, drawn at random (max_train)",
        "GaussianMixture takes no event weights: all events count the same",
    ]


def test_an_estimator_without_scores_says_what_to_change(events: tuple[Events, Events, Events]) -> None:
    train, _, _ = events
    with pytest.raises(DetectorError, match="LocalOutlierFactor offers neither score_samples nor decision_function"):
        made("sklearn.neighbors.LocalOutlierFactor").fit(train[:100], train, {})


def test_a_model_of_another_version_is_refused(tmp_path: Path) -> None:
    joblib.dump((1, 2, 3), tmp_path / "estimator.joblib")
    detector = made()
    with pytest.raises(DetectorError, match="was written by another version of adbench; fit it again"):
        type(detector).load(tmp_path, detector.params, detector.context)


def test_too_few_events_are_refused(events: tuple[Events, Events, Events]) -> None:
    with pytest.raises(DetectorError, match="two training events or more"):
        made().fit(events[0][:1], events[0], {})


def test_names_that_are_no_estimators() -> None:
    assert spec_of_path("isolation_forest") is None
    assert spec_of_path("no_such_package.Thing") is None
    with pytest.raises(UsageError, match="write its import path"):
        sklearn_detector("x", "OneClassSVM")
    with pytest.raises(UnknownNameError, match="Did you mean OneClassSVM"):
        detector_type("sklearn.svm.OneClassSVN")
    with pytest.raises(PluginError, match="is a classifier, which needs labels"):
        detector_type("sklearn.svm.SVC")
    with pytest.raises((ParameterError, UnknownNameError), match="n_estimators"):
        sklearn_detector("x", FOREST).resolve(overrides={"n_estimator": 5})
