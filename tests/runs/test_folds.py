"""Runs in folds: every event is scored once, on a scale that the models of all folds share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from adbench.api import (
    DatasetOptions,
    Events,
)
from adbench.metrics.quantile import background_quantile
from adbench.runs.folds import fold_of
from adbench.runs.protocol import Experiment
from adbench.testing.spy import toy_spec
from adbench.testing.toys import ExponentialDensity, Met, ToyDataset


class OtherScale(Met):
    """A detector whose scale depends on a count, as that of separately trained networks does."""

    made = 0

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        super().fit(train, validation, priors)
        type(self).made += 1
        self.mean *= 10.0 ** type(self).made


def test_folds_score_all_background_and_all_signal_once_on_a_common_scale() -> None:
    dataset = ToyDataset(DatasetOptions(split="k-folds", folds=4))
    result = Experiment(dataset, "a", toy_spec(scores=("met", "noisy"))).run(OtherScale)
    background, signal = result.samples["background"], result.samples["signal/shift"]
    assert sorted(background.rows) == list(range(400))
    assert sorted(signal.rows) == list(range(500))
    assert "validation" not in result.samples
    np.testing.assert_array_equal(np.bincount(background.folds), [100] * 4)  # type: ignore[arg-type]
    np.testing.assert_array_equal(signal.folds, np.sort(fold_of(signal.sources, 4)))
    assert background.scores["met"].min() > 0.0
    assert background.scores["met"].max() < 1.0
    assert background.scores["met"].mean() == pytest.approx(0.5)
    for fold in range(4):
        np.testing.assert_allclose(
            np.sort(background.scores["met"][background.folds == fold]), (np.arange(100) + 0.5) / 100
        )


def test_folds_score_unlabelled_events_once_and_keep_log_densities() -> None:
    dataset = ToyDataset(DatasetOptions(split="k-folds", folds=4))
    result = Experiment(dataset, "a", toy_spec()).run(ExponentialDensity)
    assert sorted(result.samples["unlabelled"].rows) == list(range(50))
    log_prob = result.samples["background"].log_prob
    assert log_prob is not None
    assert log_prob.shape == (400,)
    assert log_prob.max() < -3.0  # log(1/60 GeV) = -4.1 at most, give or take the fitted mean
    noted = Experiment(dataset, "a", toy_spec(scores=("met", "noisy"))).run(Met).notes
    assert noted == ["coordinates are not kept with folds: the models share no axes"]


def test_quantiles_keep_the_order_and_count_ties_half() -> None:
    background = np.array([3.0, 1.0, 1.0, 2.0])
    quantiles = background_quantile(np.array([0.0, 1.0, 1.5, 3.0, 4.0]), background, np.array([1.0, 1.0, 1.0, 1.0]))
    np.testing.assert_allclose(quantiles, [0.0, 0.25, 0.5, 0.875, 1.0])
    weighted = background_quantile(np.array([2.5]), background, np.array([6.0, 1.0, 1.0, 2.0]))
    np.testing.assert_allclose(weighted, [0.4])
