"""Significance improvement and its largest value over the points that can be measured."""

from __future__ import annotations

import math

import numpy as np
import pytest

from adbench.api import Scored, UsageError
from adbench.metrics.efficiency import SignalEfficiency
from adbench.metrics.improvement import MAX_SI, significance_improvement_at


def samples(n: int) -> tuple[Scored, Scored]:
    rng = np.random.default_rng(3)
    return Scored.of(rng.normal(size=n)), Scored.of(rng.normal(2.5, 1.0, 500))


def test_it_is_the_efficiency_over_the_root() -> None:
    pair = samples(20_000)
    efficiency, improvement = SignalEfficiency(1e-3)(*pair), significance_improvement_at("1e-3")(*pair)
    root = math.sqrt(1e-3)
    assert improvement.value == efficiency.value / root
    assert improvement.low == efficiency.low / root
    assert improvement.high == efficiency.high / root


def test_random_scores_give_the_root_of_the_background_efficiency() -> None:
    pair = Scored.of(np.arange(100_000)), Scored.of(np.arange(0, 100_000, 10))
    assert significance_improvement_at("0.01")(*pair).value == pytest.approx(0.1, rel=1e-3)


def test_the_largest_is_taken_over_measured_points_only() -> None:
    pair = samples(20_000)
    points = [significance_improvement_at(text)(*pair) for text in ("1e-2", "1e-3", "1e-4")]
    assert [point.measured for point in points] == [True, True, False]
    assert points[2].value > points[1].value > points[0].value  # the unmeasured point would win
    largest = MAX_SI(*pair)
    assert largest.value == points[1].value
    assert largest.note == "without 1e-4: too few background events"
    assert largest.measured
    assert largest.low == max(point.low for point in points[:2])
    assert largest.high == max(point.high for point in points[:2])


def test_all_points_measured_need_no_note() -> None:
    assert MAX_SI(*samples(100_000)).note == ""


def test_no_measured_point_keeps_the_value_of_all() -> None:
    pair = samples(500)
    largest = MAX_SI(*pair)
    assert not largest.measured
    assert largest.note == "unmeasured: 5 background events expected"
    assert largest.value == max(significance_improvement_at(text)(*pair).value for text in ("1e-2", "1e-3", "1e-4"))


def test_names_and_refusals() -> None:
    assert significance_improvement_at("0.01").name == "si@1e-2"
    with pytest.raises(UsageError):
        significance_improvement_at("much")
