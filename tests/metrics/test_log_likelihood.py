"""Test log-likelihood against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adbench.api import ScoreError
from adbench.api.metric import Scored
from adbench.metrics.log_likelihood import LOG_LIKELIHOOD


def sample(log_prob: list[float], **others: list[float]) -> Scored:
    return replace(Scored.of(np.zeros(len(log_prob)), **others), log_prob=np.array(log_prob))


def test_the_mean_with_its_standard_error() -> None:
    found = LOG_LIKELIHOOD(sample([-1.0, -3.0, -2.0, -2.0]), None)
    assert found.value == pytest.approx(-2.0)
    assert found.high - found.value == pytest.approx(np.sqrt(0.5 / 4))  # standard deviation over sqrt(n)
    assert found.measured


def test_weights_and_copies_count() -> None:
    assert LOG_LIKELIHOOD(sample([-1.0, -3.0], weights=[3, 1]), None).value == pytest.approx(-1.5)
    once = LOG_LIKELIHOOD(sample([-1.0, -3.0]), None)
    twice = LOG_LIKELIHOOD(sample([-1.0, -1.0, -3.0, -3.0], sources=[0, 0, 1, 1]), None)
    assert (twice.value, twice.low) == pytest.approx((once.value, once.low))


def test_what_cannot_be_measured_says_so() -> None:
    without = LOG_LIKELIHOOD(Scored.of([1.0, 2.0]), None)
    assert not without.measured
    assert "no density" in without.note
    assert not LOG_LIKELIHOOD(sample([]), None).measured
    with pytest.raises(ScoreError, match="log p is NaN or infinite for 1 of 2 background events"):
        LOG_LIKELIHOOD(sample([-1.0, float("-inf")]), None)
