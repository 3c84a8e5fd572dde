from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from adbench_baselines.boosting import BoostingDetector, BoostingParams
from adbench_baselines.trees import Trees
from sklearn.ensemble import HistGradientBoostingClassifier

from adbench.api import DetectorError


def test_boosting_learns_its_priors(toy):
    detector = BoostingDetector()
    detector.fit(toy(500, 1.0, 1), toy(0, 1.0, 1), {"hard": toy(300, 3.0, 2)})
    assert (detector.score(toy(200, 3.0, 4))[:, None] > detector.score(toy(200, 1.0, 3))).mean() > 0.7
    with pytest.raises(DetectorError, match="needs prior events"):
        BoostingDetector().fit(toy(50, 1.0, 1), toy(0, 1.0, 1), {})


def test_sum_over_trees_is_the_decision_function(toy):
    x = np.concatenate([toy(300, 1.0, 1).tabular(), toy(200, 3.0, 2).tabular()])
    classifier = HistGradientBoostingClassifier(max_iter=30, early_stopping=False, random_state=0)
    classifier.fit(x, np.repeat([0, 1], [300, 200]))
    fresh = toy(400, 2.0, 3).tabular()
    np.testing.assert_allclose(Trees.of(classifier)(fresh), classifier.decision_function(fresh), rtol=1e-10)


def test_priors_and_background_may_be_padded_differently(toy):
    events, params = toy(60, 2.0, 4), BoostingParams(iterations=20)
    narrow, wide = BoostingDetector(params), BoostingDetector(params)
    narrow.fit(toy(300, 1.0, 1), toy(0, 1.0, 1), {"hard": toy(200, 3.0, 2)})
    wide.fit(toy(300, 1.0, 1), toy(0, 1.0, 1), {"hard": toy(200, 3.0, 2).padded(20)})
    np.testing.assert_allclose(wide.score(events), narrow.score(events), rtol=1e-6)
    np.testing.assert_allclose(narrow.score(events.padded(20)), narrow.score(events), rtol=1e-6)


def test_log_odds_do_not_see_how_many_prior_events_there_are_but_their_weights(toy):
    """All priors together weigh as much as background: the log odds of events without information are about zero."""
    same, params = toy(400, 1.0, 1), BoostingParams(iterations=5)
    for n in (100, 4000):
        detector = BoostingDetector(params)
        detector.fit(same, same[:0], {"alike": toy(n, 1.0, 2)})
        assert abs(detector.score(toy(500, 1.0, 3)).mean()) < 0.2
    both = type(same).concatenate([toy(400, 3.0, 5), toy(400, 1.0, 6)])
    weighted = dataclasses.replace(both, weights=np.repeat(np.float32([1, 0]), 400))
    soft = toy(300, 1.0, 7)
    means = []
    for prior in (both, weighted):
        detector = BoostingDetector(params)
        detector.fit(same, same[:0], {"hard": prior})
        means.append(detector.score(soft).mean())
    assert means[1] < means[0] - 0.1  # soft prior events of weight zero make soft events no likelier signal
