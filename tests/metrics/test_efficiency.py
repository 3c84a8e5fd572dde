"""Signal efficiency: the tie rule by hand, working points that cannot be measured, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adbench.api import DataError, Scored, ScoreError, UsageError
from adbench.metrics.auc import AUC
from adbench.metrics.efficiency import SignalEfficiency, signal_efficiency_at
from adbench.metrics.improvement import MAX_SI
from adbench.metrics.working_point import parse_efficiency, written


def uniform(n: int) -> Scored:
    return Scored.of(np.arange(n) / n)


@pytest.mark.parametrize(
    ("efficiency", "expected"),
    [
        (0.2, 0.25),  # threshold 3, which one background event needs: signal at 3.5 passes
        (0.25, 0.5),  # threshold 2: also the signal at 2.5, the upper end of the vertical step
        (0.5, 0.75),  # threshold 1: also the signal at 2
        (0.625, 0.875),  # half of the step at 1, where one signal ties
        (0.75, 1.0),
    ],
)
def test_value_by_hand(efficiency: float, expected: float) -> None:
    background, signal = Scored.of([0.0, 1.0, 2.0, 3.0]), Scored.of([1.0, 2.0, 2.5, 3.5])
    assert SignalEfficiency(efficiency)(background, signal).value == pytest.approx(expected)


def test_tied_events_pass_with_the_fraction_that_is_missing() -> None:
    background, signal = Scored.of([0] * 6 + [1] * 4), Scored.of([0] * 5 + [1] * 3 + [2] * 2)
    assert SignalEfficiency(0.1)(background, signal).value == pytest.approx(0.2 + 0.25 * 0.3)


def test_ten_expected_background_events_are_enough() -> None:
    signal = Scored.of(np.linspace(0, 2, 50))
    assert SignalEfficiency(1e-2)(uniform(1000), signal).measured
    short = SignalEfficiency(1e-2)(uniform(250), signal)
    assert not short.measured
    assert short.note == "unmeasured: 2.5 background events expected"
    assert 0.0 < short.low <= short.value <= short.high < 1.0
    assert SignalEfficiency(0.01)(uniform(100), signal).note == "unmeasured: 1 background event expected"
    assert SignalEfficiency(1e-3)(uniform(10_000), signal).measured
    assert SignalEfficiency(1e-4)(uniform(100_000), signal).measured
    assert not SignalEfficiency(1e-4)(uniform(99_000), signal).measured


def test_weights_count_by_their_effective_number() -> None:
    weights = np.repeat([1.0, 3.0], 1000)  # (sum w)^2 / sum w^2 = 4000^2 / 10000 = 1600
    background = Scored.of(np.random.default_rng(0).normal(size=2000), weights)
    signal = Scored.of([0.0, 1.0])
    assert SignalEfficiency(10 / 1600)(background, signal).measured
    assert SignalEfficiency(9 / 1600)(background, signal).note == "unmeasured: 9 background events expected"


def test_copies_count_once() -> None:
    scores = np.random.default_rng(0).normal(size=2000)
    background = Scored.of(scores, sources=np.repeat(np.arange(500), 4))
    signal = Scored.of([0.0, 1.0])
    assert SignalEfficiency(0.02)(background, signal).measured
    assert SignalEfficiency(0.01)(background, signal).note == "unmeasured: 5 independent background events expected"


def test_the_smallest_fold_decides() -> None:
    background = Scored.of(np.random.default_rng(0).uniform(size=1000), folds=np.arange(1000) % 5)
    signal = Scored.of(np.random.default_rng(1).uniform(size=100) ** 0.1)
    assert SignalEfficiency(0.1)(background, signal).measured
    assert (
        SignalEfficiency(1e-2)(background, signal).note == "unmeasured: 2 background events expected in each of 5 folds"
    )
    assert not MAX_SI(background, signal).measured
    assert AUC(background, signal).measured


@settings(deadline=None)
@given(st.floats(1e-9, 1.0, exclude_max=True))
def test_names_read_back(efficiency: float) -> None:
    assert parse_efficiency(written(efficiency)) == efficiency


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1e-2", "eps_s@1e-2"),
        ("0.01", "eps_s@1e-2"),
        ("1E-3", "eps_s@1e-3"),
        ("0.0001", "eps_s@1e-4"),
        ("1e-1", "eps_s@0.1"),
        ("0.5", "eps_s@0.5"),
        ("5e-3", "eps_s@5e-3"),
        ("0.025", "eps_s@0.025"),
        ("1e-12", "eps_s@1e-12"),
    ],
)
def test_one_working_point_has_one_name(text: str, name: str) -> None:
    assert signal_efficiency_at(text).name == name


@pytest.mark.parametrize("text", ["", "abc", "0", "1", "-0.1", "1.5", "nan", "inf", "1%", "1e-2,1e-3"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no background efficiency"):
        signal_efficiency_at(text)


@pytest.mark.parametrize("metric", [AUC, SignalEfficiency(0.1), MAX_SI], ids=lambda metric: metric.name)
class TestEveryMetric:
    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
    def test_scores_that_are_no_numbers_are_counted(self, metric, bad) -> None:
        with pytest.raises(ScoreError, match="2 of 4 background scores are NaN or infinite"):
            metric(Scored.of([0.0, bad, 1.0, bad]), Scored.of([1.0]))
        with pytest.raises(ScoreError, match="1 of 2 signal scores"):
            metric(Scored.of([0.0, 1.0]), Scored.of([bad, 1.0]))

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            ([1, -1], "1 of 2 background weights are negative"),
            ([0, 0], "weights are 0"),
            ([1], "2 scores but 1 weights"),
        ],
    )
    def test_weights_that_make_no_sense_are_refused(self, metric, weights, message) -> None:
        with pytest.raises(DataError, match=message):
            metric(Scored.of([0.0, 1.0], weights), Scored.of([1.0]))

    def test_equal_scores_are_said_so(self, metric) -> None:
        estimate = metric(Scored.of(np.ones(1000)), Scored.of(np.ones(50)))
        assert "all scores equal" in estimate.note
        assert estimate.low <= estimate.value <= estimate.high

    def test_an_empty_sample_has_no_figure(self, metric) -> None:
        for pair in ((Scored.of([]), Scored.of([1.0])), (Scored.of([1.0]), Scored.of([])), (Scored.of([1.0]), None)):
            estimate = metric(*pair)
            assert math.isnan(estimate.value)
            assert not estimate.measured
        assert metric(Scored.of([1.0]), None).note == "unmeasured: no signal events"

    def test_one_event_each(self, metric) -> None:
        estimate = metric(Scored.of([0.0]), Scored.of([1.0]))
        assert 0.0 <= estimate.low < estimate.value <= estimate.high

    def test_the_same_input_gives_the_same_numbers(self, metric) -> None:
        rng = np.random.default_rng(5)
        b, s = rng.normal(size=3000), rng.normal(1, 1, 300)
        assert metric(Scored.of(b), Scored.of(s)) == metric(Scored.of(b.copy()), Scored.of(s.copy()))

    def test_order_of_events_does_not_matter(self, metric) -> None:
        rng = np.random.default_rng(5)
        b, w, c = rng.normal(size=3000), rng.uniform(1, 2, 3000), rng.integers(0, 900, 3000)
        s = Scored.of(rng.normal(1, 1, 300))
        order = rng.permutation(3000)
        one, other = metric(Scored.of(b, w, c), s), metric(Scored.of(b[order], w[order], c[order]), s)
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), abs=1e-12)

    def test_scores_changed_in_place_are_seen(self, metric) -> None:
        background, signal = Scored.of(np.arange(1000.0)), Scored.of(np.arange(500.0, 1500.0))
        before = metric(background, signal)
        signal.scores[:] = 0.0
        assert metric(background, signal).value < before.value

    def test_a_monotone_change_of_the_scores_changes_nothing(self, metric) -> None:
        rng = np.random.default_rng(5)
        b, s = rng.normal(size=3000), rng.normal(1, 1, 300)
        assert metric(Scored.of(b), Scored.of(s)) == metric(Scored.of(np.exp(b)), Scored.of(np.exp(s)))


def test_equal_scores_give_one_half_and_the_diagonal() -> None:
    background, signal = Scored.of(np.ones(2000)), Scored.of(np.ones(50))
    assert AUC(background, signal).value == 0.5
    assert SignalEfficiency(0.1)(background, signal).value == pytest.approx(0.1)
