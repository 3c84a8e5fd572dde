"""ROC curve and AUC against scikit-learn and against counting pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc_curve

from adbench.api import Scored
from adbench.metrics.auc import AUC
from adbench.metrics.efficiency import SignalEfficiency
from adbench.metrics.roc import roc_curve

# Few distinct values make ties between and inside the samples common.
scores = st.lists(st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6)), min_size=1, max_size=40)
weights = st.floats(0.01, 100.0)


@st.composite
def samples(draw: st.DrawFn, weighted: bool) -> tuple[Scored, Scored]:
    pair = []
    for _ in range(2):
        values = draw(scores)
        w = draw(st.lists(weights, min_size=len(values), max_size=len(values))) if weighted else None
        pair.append(Scored.of(values, w))
    return pair[0], pair[1]


def labelled(background: Scored, signal: Scored) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    labels = np.concatenate([np.zeros(len(background)), np.ones(len(signal))])
    return (
        labels,
        np.concatenate([background.scores, signal.scores]),
        np.concatenate([background.weights, signal.weights]),
    )


@pytest.mark.parametrize("weighted", [False, True])
@settings(deadline=None)
@given(data=st.data())
def test_auc_is_scikit_learns(data: st.DataObject, weighted: bool) -> None:
    pair = data.draw(samples(weighted))
    labels, values, w = labelled(*pair)
    assert AUC(*pair).value == pytest.approx(roc_auc_score(labels, values, sample_weight=w), abs=1e-12, rel=0)


@pytest.mark.parametrize("weighted", [False, True])
@settings(deadline=None)
@given(data=st.data())
def test_curve_is_scikit_learns(data: st.DataObject, weighted: bool) -> None:
    pair = data.draw(samples(weighted))
    labels, values, w = labelled(*pair)
    fpr, tpr, thresholds = sklearn_roc_curve(labels, values, sample_weight=w, drop_intermediate=False)
    curve = roc_curve(*pair)
    np.testing.assert_array_equal(curve.thresholds, thresholds)
    np.testing.assert_allclose(curve.background, fpr, rtol=0, atol=1e-12)
    np.testing.assert_allclose(curve.signal, tpr, rtol=0, atol=1e-12)


@settings(deadline=None)
@given(samples(weighted=False), st.floats(1e-4, 0.999))
def test_efficiency_is_the_interpolated_curve(pair: tuple[Scored, Scored], efficiency: float) -> None:
    curve = roc_curve(*pair)
    expected = np.interp(efficiency, curve.background, curve.signal)
    assert SignalEfficiency(efficiency)(*pair).value == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(samples(weighted=True))
def test_auc_counts_pairs_and_half_of_ties(pair: tuple[Scored, Scored]) -> None:
    b, s = pair
    wins = (s.scores[:, None] > b.scores) + 0.5 * (s.scores[:, None] == b.scores)
    total = (wins * s.weights[:, None] * b.weights).sum() / (s.weights.sum() * b.weights.sum())
    assert AUC(b, s).value == pytest.approx(total, abs=1e-12)


@settings(deadline=None)
@given(samples(weighted=True))
def test_exchanging_the_samples_or_the_sign_mirrors_the_area(pair: tuple[Scored, Scored]) -> None:
    b, s = pair
    area = AUC(b, s)
    mirrored = AUC(s, b)
    negative = AUC(Scored.of(-b.scores, b.weights), Scored.of(-s.scores, s.weights))
    for other in (mirrored, negative):
        assert other.value == pytest.approx(1.0 - area.value, abs=1e-12)
        assert other.low == pytest.approx(1.0 - area.high, abs=1e-9)


@settings(deadline=None)
@given(samples(weighted=True), st.floats(0.01, 100.0))
def test_only_ratios_of_weights_matter(pair: tuple[Scored, Scored], factor: float) -> None:
    b, s = pair
    scaled = Scored.of(b.scores, b.weights * factor), Scored.of(s.scores, s.weights / factor)
    for metric in (AUC, SignalEfficiency(0.3)):
        one, other = metric(b, s), metric(*scaled)
        assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), abs=1e-9)


def test_a_whole_weight_is_that_many_events() -> None:
    background, signal = Scored.of([1.0, 2.0, 3.0], [2, 1, 3]), Scored.of([2.0, 4.0], [1, 2])
    repeated = Scored.of([1, 1, 2, 3, 3, 3]), Scored.of([2, 4, 4])
    assert AUC(background, signal).value == pytest.approx(AUC(*repeated).value, abs=1e-15)
    for x in (0.1, 0.5, 0.7):
        metric = SignalEfficiency(x)
        assert metric(background, signal).value == pytest.approx(metric(*repeated).value, abs=1e-12)


def test_curve_by_hand() -> None:
    curve = roc_curve(Scored.of([0.0, 1.0, 1.0, 2.0]), Scored.of([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(curve.thresholds, [np.inf, 3, 2, 1, 0])
    np.testing.assert_allclose(curve.background, [0, 0, 0.25, 0.75, 1])
    np.testing.assert_allclose(curve.signal, [0, 1 / 3, 2 / 3, 1, 1])


def test_events_without_weight_do_not_exist() -> None:
    background, signal = Scored.of([0, 1, 2, 9], [1, 1, 1, 0]), Scored.of([1.5, -5.0], [1, 0])
    assert AUC(background, signal) == AUC(Scored.of([0, 1, 2]), Scored.of([1.5]))
