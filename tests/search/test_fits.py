"""Fits and significances against iminuit and against numbers that can be had otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import comb

from adbench.search.fit import fit
from adbench.search.minuit import fit_with_minuit
from adbench.search.order import goodness, order_by_f_test
from adbench.search.scan import Spectrum, mass_points, scan_asymptotic
from adbench.search.shapes import bernstein, edges_of, falling_range, resonance, spectra
from adbench.search.significance import signed_significance
from adbench.search.toys import pseudo_experiments

EDGES = edges_of(3000.0, 6000.0)
SHAPES = np.vstack([bernstein(EDGES, 3), resonance(EDGES, 4000.0)])


def minus_log_likelihood(counts, coefficients):
    expected = coefficients @ SHAPES[: len(coefficients)]
    return float(np.sum(expected - counts * np.log(expected)))


@pytest.mark.parametrize("events", [4000, 300, 20])
@pytest.mark.parametrize("free", [False, True])
def test_the_fit_is_that_of_iminuit(events, free):
    counts = pseudo_experiments(np.array([0.745, 0.17, 0.07, 0.015]) * events @ SHAPES[:4], 5, np.random.default_rng(3))
    shapes = SHAPES if free else SHAPES[:4]
    found = fit(counts, shapes, free)
    for seen, coefficients in zip(counts, found.coefficients, strict=True):
        other = fit_with_minuit(seen, shapes, free)
        assert other.valid
        assert minus_log_likelihood(seen, coefficients) <= other.likelihood + 1e-4
        assert coefficients == pytest.approx(other.coefficients, abs=0.03 * events + 0.5)


def test_coefficients_are_events_and_are_not_negative():
    counts = pseudo_experiments(50.0 * SHAPES[0], 200, np.random.default_rng(4))
    found = fit(counts, SHAPES[:4])
    assert (found.coefficients >= 0.0).all()
    assert found.coefficients.sum(axis=1) == pytest.approx(counts.sum(axis=1), rel=1e-4, abs=1e-3)


def test_a_deficit_has_a_negative_yield_and_no_bin_expects_less_than_nothing():
    expected = np.array([745.0, 170.0, 70.0, 15.0]) @ SHAPES[:4] - 40.0 * SHAPES[4]
    found = fit(np.round(expected)[None], SHAPES, free_yield=True)
    assert found.coefficients[0, -1] == pytest.approx(-40.0, abs=5.0)
    empty = fit(np.zeros((1, len(EDGES) - 1)), SHAPES, free_yield=True)
    assert (empty.expected >= 0.0).all()
    assert empty.expected.sum() < 1e-3


def test_significance_of_many_events_is_yield_over_error():
    expected = np.array([745.0, 170.0, 70.0, 15.0]) * 1000 @ SHAPES[:4] + 800.0 * SHAPES[4]
    counts = expected[None]
    without, resonant = fit(counts, SHAPES[:4]), fit(counts, SHAPES, free_yield=True)
    found = signed_significance(counts, without, resonant)
    assert found.yields[0] == pytest.approx(800.0, abs=1.0)
    assert found.z[0] == pytest.approx(800.0 / found.errors[0], rel=0.02)
    assert found.z[0] == pytest.approx(found.root[0], rel=0.01)


def test_the_correction_makes_few_events_normal():
    counts = pseudo_experiments(np.array([74.5, 17.0, 7.0, 1.5]) @ SHAPES[:4], 4000, np.random.default_rng(5))
    spectrum = Spectrum(EDGES, np.array([4000.0, 4500.0]))
    z = scan_asymptotic(counts, spectrum, np.array([0])).z[:, 0]
    without, resonant = fit(counts, SHAPES[:4]), fit(counts, SHAPES, free_yield=True)
    root = signed_significance(counts, without, resonant).root
    assert abs(z.mean()) < abs(root.mean())
    assert abs(z.mean()) < 0.05


@pytest.mark.parametrize("k", range(4))
def test_shapes_are_integrals(k):
    def polynomial(x):
        return 4.0 * comb(3, k) * x**k * (1.0 - x) ** (3 - k)

    low, high = (EDGES[10:12] - EDGES[0]) / (EDGES[-1] - EDGES[0])
    assert bernstein(EDGES, 3)[k, 10] == pytest.approx(quad(polynomial, low, high)[0], rel=1e-9)
    assert bernstein(EDGES, 3)[k].sum() == pytest.approx(1.0)


def test_a_resonance_is_cut_by_the_range_and_centred():
    assert resonance(EDGES, 4500.0).sum() == pytest.approx(1.0)
    assert resonance(EDGES, 3000.0).sum() == pytest.approx(0.5)
    middles = 0.5 * (EDGES[1:] + EDGES[:-1])
    shape = resonance(EDGES, 4500.0)
    assert np.sqrt(np.sum(shape * (middles - 4500.0) ** 2)) == pytest.approx(0.03 * 4500.0, rel=0.02)


def test_events_are_counted_in_their_category_and_bin():
    masses = np.array([2999.0, 3000.0, 3001.0, 5999.0, 6000.0, 6001.0, 3001.0])
    counts = spectra(masses, np.array([0, 0, 1, 1, 1, 1, -1]), 2, EDGES)
    assert counts.sum(axis=1).tolist() == [1.0, 3.0]
    assert counts[0, 0] == 1.0
    assert counts[1, [0, -1]].tolist() == [1.0, 2.0]


def test_the_f_test_finds_the_order_that_was_drawn():
    edges = EDGES
    truth = np.array([6000.0, 0.0, 4000.0, 0.0, 0.0, 1500.0]) @ bernstein(edges, 5)
    counts = pseudo_experiments(truth, 1, np.random.default_rng(6))
    assert order_by_f_test(counts, edges) >= 4
    assert goodness(counts, fit(counts, bernstein(edges, 2)))[0] < 1e-3
    flat = pseudo_experiments(np.array([100.0, 50.0, 20.0]) @ bernstein(edges, 2), 9, np.random.default_rng(7))
    assert order_by_f_test(flat, edges) == 2
    assert goodness(flat, fit(flat, bernstein(edges, 3))).min() > 1e-3


def test_the_range_begins_behind_the_turn_on():
    masses = 2500.0 + np.random.default_rng(8).exponential(500.0, 20_000)
    low, high = falling_range(np.concatenate([masses, np.linspace(2000.0, 2500.0, 500)]))
    assert 2600.0 <= low <= 3000.0
    assert 4800.0 <= high <= 6000.0
    assert mass_points(low, high, 3)[0] * 0.94 == pytest.approx(low)
