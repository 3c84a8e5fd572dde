"""Without a signal p-values are uniform, for one category and for many together; with one its yield is found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from adbench.search.combine import deviations, fisher, probability, stouffer
from adbench.search.elsewhere import global_p, toy_curves
from adbench.search.fit import fit
from adbench.search.scan import Spectrum, mass_points, scan_asymptotic
from adbench.search.shapes import bernstein, edges_of, resonance
from adbench.search.toys import pseudo_experiments, scan

TOYS, CATEGORIES = 500, 25
EDGES, MASSES = edges_of(3000.0, 6000.0), mass_points(3000.0, 6000.0, 5)
SPECTRUM = Spectrum(EDGES, MASSES)
PUBLISHED = Spectrum(EDGES, MASSES, "bernstein", 3)
DIJETS = np.array([0.745, 0.17, 0.07, 0.015]) @ bernstein(EDGES, 3)
FALLING = fit(4000.0 * DIJETS[None], SPECTRUM.background).expected[0]
MIDDLE, HIGH = 2, 3


def scanned(events: float, spectrum: Spectrum, shares: np.ndarray) -> np.ndarray:
    """Return deviations of background alone, (places, CATEGORIES, TOYS)."""
    counts = pseudo_experiments(events * shares / shares.sum(), TOYS * CATEGORIES, np.random.default_rng(1))
    z = scan_asymptotic(counts, spectrum, np.array([MIDDLE, HIGH]), jobs=2).z[:, [MIDDLE, HIGH]]
    return np.moveaxis(z.reshape(TOYS, CATEGORIES, 2), (0, 1, 2), (2, 1, 0))


@pytest.fixture(scope="module", params=[4000, 400])
def z(request):
    return scanned(request.param, SPECTRUM, FALLING)


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
    for at_one_mass in z:
        assert_rates(deviations(combine(at_one_mass[:categories])))


def test_each_category_is_right_to_a_hundredth_of_a_sigma(z):
    for at_one_mass in z:
        assert abs(at_one_mass.mean()) < 0.01 + 3.5 / math.sqrt(at_one_mass.size)
        assert at_one_mass.std() == pytest.approx(1.0, abs=0.01 + 3.5 / math.sqrt(2 * at_one_mass.size))


def test_the_published_background_is_calibrated_where_its_bounds_do_not_bind():
    for at_one_mass in scanned(4000, PUBLISHED, DIJETS):
        assert_rates(deviations(stouffer(at_one_mass)))


def test_one_sided_p_values_combined_by_fisher_are_not_uniform(z):
    found = deviations(fisher(np.maximum(z[0], 0.0)))
    assert np.mean(found > 1.0) == pytest.approx(0.452, abs=0.08)  # methods as published: 0.452 for 25 categories
    with pytest.raises(AssertionError):
        assert_rates(found)


def test_p_values_from_the_pseudo_experiments_of_each_fit_are_uniform():
    spectrum = Spectrum(EDGES, MASSES[[HIGH]])
    counts = pseudo_experiments(60.0 * FALLING / FALLING.sum(), 100, np.random.default_rng(4))
    found = scan(counts, spectrum, jobs=2)
    assert found.from_toys.mean() > 0.9
    p = probability(found.z[:, 0])
    assert p.mean() == pytest.approx(0.5, abs=3.5 / math.sqrt(12 * len(p)))
    assert np.mean(p < 0.1587) == pytest.approx(0.1587, abs=3.5 * math.sqrt(0.1587 * 0.8413 / len(p)))


def test_global_p_values_are_uniform_without_a_signal():
    p = []
    for seed, counts in enumerate(
        pseudo_experiments(np.repeat(FALLING[None], 4, axis=0), 60, np.random.default_rng(5))
    ):
        found = scan(counts, SPECTRUM, seed)
        p.append(global_p(found.combined("fisher"), toy_curves(found, SPECTRUM, 50, "fisher", seed)).p)
    assert np.mean(p) == pytest.approx(0.5, abs=3.5 / math.sqrt(12 * len(p)))
    assert np.mean(np.array(p) < 0.2) == pytest.approx(0.2, abs=3.5 * math.sqrt(0.16 / len(p)))


def test_the_trial_factor_is_the_share_of_toys():
    spectrum = Spectrum(EDGES, mass_points(3000.0, 6000.0, 41))
    found = scan_asymptotic(FALLING[None], spectrum)
    curves = toy_curves(found, spectrum, 1500, "stouffer", jobs=2)
    for peak in (2.0, 2.5):
        share = np.mean(curves.max(axis=1) > peak)
        trial = global_p(np.array([peak + 20.0]), curves)
        assert trial.method == "trial factor"
        expected = norm.sf(peak) + trial.crossings * math.exp(-0.5 * peak**2)
        assert share == pytest.approx(expected, abs=3.5 * math.sqrt(expected / len(curves)))


def test_the_yield_of_an_injected_resonance_is_found():
    injected = 150.0
    expected = FALLING + injected * resonance(SPECTRUM.edges, SPECTRUM.masses[MIDDLE])
    counts = pseudo_experiments(expected, 2000, np.random.default_rng(2))
    scanned = scan_asymptotic(counts, SPECTRUM, np.array([MIDDLE]), jobs=2)
    pull = (scanned.yields - injected)[:, MIDDLE] / scanned.errors[:, MIDDLE]
    assert abs(pull.mean()) < 3.5 / math.sqrt(len(pull))
    assert abs(pull.std() - 1.0) < 3.5 / math.sqrt(2.0 * len(pull))
    assert np.mean(scanned.z[:, MIDDLE]) > 3.0
