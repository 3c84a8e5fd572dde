from __future__ import annotations

import math

import pytest
from scipy.stats import norm, t

from adbench.statistics.student import student_factor


@pytest.mark.parametrize("n", [2, 3, 5, 10, 11, 20, 100])
def test_the_factor_is_the_quantile_of_students_t(n: int) -> None:
    assert student_factor(n) == pytest.approx(t.ppf(norm.cdf(1), n - 1), rel=3e-3)


def test_one_value_has_no_error() -> None:
    assert math.isnan(student_factor(1))
