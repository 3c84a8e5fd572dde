from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api.errors import UnknownNameError, UsageError
from adbench.combining.rules import RULES, combine

P = st.lists(st.floats(1e-6, 1 - 1e-6), min_size=4, max_size=4)


@given(P, P)
def test_rules_are_their_definitions_in_the_share_below(a: list[float], b: list[float]) -> None:
    q = 1 - np.array([a, b])
    direct = {"average": q.mean(0), "product": q.prod(0), "and": q.min(0), "or": q.max(0)}
    for rule, expected in direct.items():
        found = combine(rule, [np.log(a), np.log(b)])
        assert 1 - 10**-found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_far_tails_do_not_tie(rule: str) -> None:
    log_p = np.array([-50.0, -100.0, -800.0])
    assert (np.diff(combine(rule, [log_p, log_p])) > 0).all()


def test_a_product_tells_small_shares_apart() -> None:
    log_p = np.linspace(-45.0, -25.0, 20_001)
    assert (np.diff(combine("product", [log_p, log_p - 1.0])) < 0).all()
    exact = np.log10(np.exp(log_p) + np.exp(log_p - 1.0))  # the product of two such shares is beyond double precision
    np.testing.assert_allclose(-combine("product", [log_p, log_p - 1.0]), exact, rtol=1e-11)


def test_one_parent_and_an_unknown_rule_are_refused() -> None:
    with pytest.raises(UsageError, match="two parents or more, not 1"):
        combine("and", [np.zeros(2)])
    with pytest.raises(UnknownNameError, match="no rule 'averag'"):
        combine("averag", [np.zeros(2), np.zeros(2)])
