from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api.errors import DataError
from adbench.combining.tail import MINIMUM_VALIDATION, fit_survival


@given(st.integers(0, 2**32 - 1), st.sampled_from(["normal", "exponential", "standard_cauchy", "uniform"]))
def test_a_higher_score_is_never_likelier_and_extremes_do_not_tie(seed: int, law: str) -> None:
    rng = np.random.default_rng(seed)
    background = getattr(rng, law)(size=500)
    survival = fit_survival(background, np.ones(500))
    probes = np.sort(np.concatenate([background, background.max() + np.arange(1.0, 50.0)]))
    log_p = survival(probes)
    assert (np.diff(log_p) <= 0).all()
    assert (np.diff(log_p[-49:]) < 0).all()
    assert (log_p <= 0).all()


def test_below_the_tail_it_is_the_share_above_and_it_is_continuous_at_the_threshold() -> None:
    background = np.random.default_rng(3).normal(size=20_000)
    survival = fit_survival(background, np.ones(20_000))
    at = np.quantile(background, [0.1, 0.5, 0.9])
    assert np.exp(survival(at)) == pytest.approx([0.9, 0.5, 0.1], abs=2e-3)
    edge = survival.knots[-1]
    assert survival(np.array([edge + 1e-9]))[0] == pytest.approx(survival(np.array([edge]))[0], abs=1e-6)


def test_the_tail_of_an_exponential_is_found_beyond_the_last_event() -> None:
    background = np.random.default_rng(4).exponential(size=50_000)
    far = np.array([9.0, 12.0])
    assert fit_survival(background, np.ones(50_000))(far) == pytest.approx(-far, rel=0.2)  # p(x) = exp(-x)


def test_events_of_weight_zero_do_not_count_and_few_are_refused() -> None:
    rng = np.random.default_rng(5)
    background, strange = rng.normal(size=100), np.full(50, 100.0)
    both = fit_survival(np.concatenate([background, strange]), np.repeat([1.0, 0.0], [100, 50]))
    np.testing.assert_array_equal(both(background), fit_survival(background, np.ones(100))(background))
    with pytest.raises(DataError, match=f"39 validation events; at least {MINIMUM_VALIDATION}"):
        fit_survival(background[:39], np.ones(39))
