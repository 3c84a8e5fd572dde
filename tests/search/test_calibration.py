"""Without a signal p-values are uniform, for one category and for many together; with one its yield is found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from adbench.search.combine import deviations, fisher, stouffer
from adbench.search.fit import fit
from adbench.search.scan import Spectrum, mass_points, scan_asymptotic
from adbench.search.shapes import bernstein, edges_of, resonance
from adbench.search.toys import pseudo_experiments

TOYS, CATEGORIES, EVENTS = 500, 25, 4000
SPECTRUM = Spectrum(edges_of(3000.0, 6000.0), mass_points(3000.0, 6000.0, 5))
FALLING = fit(
    EVENTS * (np.array([0.745, 0.17, 0.07, 0.015]) @ bernstein(SPECTRUM.edges, 3))[None], SPECTRUM.background
).expected[0]
MIDDLE = 2


@pytest.fixture(scope="module")
def z():
    counts = pseudo_experiments(FALLING, TOYS * CATEGORIES, np.random.default_rng(1))
    scanned = scan_asymptotic(counts, SPECTRUM, np.array([MIDDLE]), jobs=2)
    return scanned.z[:, MIDDLE].reshape(TOYS, CATEGORIES).T


def assert_rates(found: np.ndarray, tolerated: float = 3.5):
    """Compare the share of p-values beyond 1, 2 and 3 sigma, on both sides, with that of a normal distribution."""
    for beyond in (1.0, 2.0, 3.0):
        rate = norm.sf(beyond)
        error = math.sqrt(rate * (1.0 - rate) / found.size)
        for side in (1.0, -1.0):
            assert abs(np.mean(side * found > beyond) - rate) < tolerated * error + 0.5 / found.size, (beyond, side)


@pytest.mark.parametrize("combine", [fisher, stouffer])
@pytest.mark.parametrize("categories", [1, 9, 25])
def test_p_values_are_uniform_without_a_signal(z, combine, categories):
    assert_rates(deviations(combine(z[:categories])))


def test_one_sided_p_values_combined_by_fisher_are_not_uniform(z):
    found = deviations(fisher(np.maximum(z, 0.0)))
    assert np.mean(found > 1.0) == pytest.approx(0.452, abs=0.08)  # methods as published: 0.452 for 25 categories
    with pytest.raises(AssertionError):
        assert_rates(found)


def test_the_yield_of_an_injected_resonance_is_found():
    injected = 150.0
    expected = FALLING + injected * resonance(SPECTRUM.edges, SPECTRUM.masses[MIDDLE])
    counts = pseudo_experiments(expected, 2000, np.random.default_rng(2))
    scanned = scan_asymptotic(counts, SPECTRUM, np.array([MIDDLE]), jobs=2)
    pull = (scanned.yields - injected)[:, MIDDLE] / scanned.errors[:, MIDDLE]
    assert abs(pull.mean()) < 3.5 / math.sqrt(len(pull))
    assert abs(pull.std() - 1.0) < 3.5 / math.sqrt(2.0 * len(pull))
    assert np.mean(scanned.z[:, MIDDLE]) > 3.0
