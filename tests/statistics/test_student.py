from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, t

from adbench.statistics.student import joint_error, student_factor


@pytest.mark.parametrize("freedom", [1, 1.3, 1.7, 2, 2.5, 5, 9, 10, 20, 100, 1e9])
def test_the_factor_is_the_quantile_of_students_t(freedom: float) -> None:
    assert student_factor(freedom) == pytest.approx(t.ppf(norm.cdf(1), freedom), rel=2e-2)


def test_an_error_that_is_known_is_not_widened() -> None:
    assert joint_error(0.3, 0.0, 2) == 0.3
    assert joint_error(0.3, math.nan, 1) == 0.3
    assert joint_error(0.3, 0.4, 1000) == pytest.approx(0.5, rel=1e-3)
    assert joint_error(0.3, 1e-4, 2) == pytest.approx(0.3, rel=1e-6)
    assert joint_error(0.3, 1e-123, 2) == 0.3  # the fourth power of their ratio is beyond a double
    assert math.isnan(joint_error(math.nan, 0.1, 3))
    assert math.isinf(joint_error(math.inf, 0.1, 3))


def test_an_error_from_values_alone_is_students() -> None:
    assert joint_error(0.0, 0.5, 2) == pytest.approx(0.5 * 1.8373)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_intervals_hold_68_percent_where_both_errors_matter(n: int) -> None:
    rng = np.random.default_rng(n)
    common, values = rng.normal(0, 0.5, 20_000), rng.normal(0, 1, (20_000, n))
    errors = [joint_error(0.5, error, n) for error in values.std(axis=1, ddof=1) / math.sqrt(n)]
    held = np.mean(np.abs(common + values.mean(axis=1)) <= errors)
    assert held == pytest.approx(0.6827, abs=0.02)
