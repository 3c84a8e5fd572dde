"""Fits and significances against iminuit and against numbers that can be had otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import comb

from adbench.api import UsageError
from adbench.search.fit import fit
from adbench.search.minuit import fit_with_minuit
from adbench.search.order import goodness, order_by_f_test
from adbench.search.scan import Spectrum, mass_points, scan_asymptotic
from adbench.search.shapes import background, bernstein, edges_of, falling_range, power_law, resonance, spectra
from adbench.search.significance import signed_significance
from adbench.search.toys import pseudo_experiments

EDGES = edges_of(3000.0, 6000.0)
SHAPES, BUMP = bernstein(EDGES, 3), resonance(EDGES, 4000.0)
SUM = background(EDGES, "bernstein", 3)
POWER = background(EDGES, "power-law", 2)
FALLING = np.array([0.745, 0.17, 0.07, 0.015]) @ SHAPES


@pytest.mark.parametrize("events", [4000, 300, 20])
@pytest.mark.parametrize("resonant", [False, True])
@pytest.mark.parametrize("design", [SUM, POWER], ids=["bernstein", "power-law"])
def test_the_fit_is_that_of_iminuit(design, events, resonant):
    counts = pseudo_experiments(events * FALLING, 5, np.random.default_rng(3))
    design = design.with_resonance(BUMP) if resonant else design
    found = fit(counts, design)
    for seen, expected, coefficients in zip(counts, found.expected, found.coefficients, strict=True):
        other = fit_with_minuit(seen, design)
        assert other.valid
        assert float(np.sum(expected - seen * np.log(expected))) <= other.likelihood + 1e-4
        assert design.expected(other.coefficients[None])[0, : len(seen)] == pytest.approx(expected, rel=0.1, abs=0.5)
        if resonant:
            assert coefficients[-1] == pytest.approx(other.coefficients[-1], abs=0.03 * events + 0.5)


@pytest.mark.parametrize("family", ["bernstein", "power-law"])
def test_slopes_and_curvature_are_those_of_the_expectation(family):
    design = background(EDGES, family, 2).with_resonance(BUMP)
    c, weights = np.array([[3.0, -1.0, 0.5, 7.0]]), np.random.default_rng(9).normal(size=(1, len(BUMP)))
    weights = np.concatenate([weights, np.zeros((1, design.bounded))], axis=1)
    steps = 1e-4 * np.eye(4)

    def weighted(shift: np.ndarray) -> float:
        return float(np.sum(weights * design.expected(c + shift)))

    scale = design.scale(c)
    slopes = [(weighted(s) - weighted(-s)) / 2e-4 for s in steps]
    assert design.slopes(weights, scale)[0] == pytest.approx(slopes, rel=1e-6, abs=1e-9)
    along = (design.expected(c + steps[1]) - design.expected(c - steps[1]))[0] / 2.0
    assert design.along(steps[1:2], scale)[0] == pytest.approx(along, rel=1e-6, abs=1e-9)
    bends = [
        [(weighted(s + t) - weighted(s - t) - weighted(t - s) + weighted(-s - t)) / 4e-8 for t in steps] for s in steps
    ]
    assert design.bends(weights, scale)[0] == pytest.approx(np.array(bends), rel=1e-4, abs=1e-4)
    each = [design.slopes(np.eye(weights.shape[1])[k : k + 1], scale)[0] for k in range(weights.shape[1])]
    other = design.scale(c - 0.1)
    moved = [design.slopes(np.eye(weights.shape[1])[k : k + 1], other)[0] for k in range(weights.shape[1])]
    squares = np.einsum("b,bk,bl->kl", weights[0], np.array(each), np.array(moved))
    assert design.squares(weights, scale, other)[0] == pytest.approx(squares, rel=1e-9, abs=1e-9)


def test_coefficients_are_events_and_are_not_negative():
    counts = pseudo_experiments(50.0 * SHAPES[0], 200, np.random.default_rng(4))
    found = fit(counts, SUM)
    assert (found.coefficients >= 0.0).all()
    assert found.coefficients.sum(axis=1) == pytest.approx(counts.sum(axis=1), rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("design", [SUM, POWER], ids=["bernstein", "power-law"])
def test_a_deficit_has_a_negative_yield_and_no_bin_expects_less_than_nothing(design):
    found = fit(np.round(1000.0 * FALLING - 40.0 * BUMP)[None], design.with_resonance(BUMP))
    assert found.coefficients[0, -1] == pytest.approx(-40.0, abs=5.0)
    empty = fit(np.zeros((1, len(EDGES) - 1)), design.with_resonance(BUMP))
    assert (empty.expected >= 0.0).all()
    assert empty.expected.sum() < 1e-3


@pytest.mark.parametrize("design", [SUM, POWER], ids=["bernstein", "power-law"])
def test_significance_of_many_events_is_yield_over_error(design):
    smooth = fit(1e6 * FALLING[None], design).expected
    counts = smooth + 800.0 * BUMP
    without, resonant = fit(counts, design), fit(counts, design.with_resonance(BUMP))
    found = signed_significance(counts, without, resonant)
    assert found.yields[0] == pytest.approx(800.0, abs=1.0)
    assert found.z[0] == pytest.approx(800.0 / found.errors[0], rel=0.02)
    assert found.z[0] == pytest.approx(found.root[0], rel=0.01)


def test_the_correction_makes_few_events_normal():
    smooth = fit(100.0 * FALLING[None], POWER).expected[0]
    counts = pseudo_experiments(smooth, 4000, np.random.default_rng(5))
    spectrum = Spectrum(EDGES, np.array([4000.0, 4500.0]))
    z = scan_asymptotic(counts, spectrum, np.array([0])).z[:, 0]
    without, resonant = fit(counts, POWER), fit(counts, POWER.with_resonance(BUMP))
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


def test_a_power_law_is_one():
    middles = 0.5 * (EDGES[1:] + EDGES[:-1])
    shapes = power_law(EDGES, 2)
    c = np.linalg.lstsq(shapes[:2].T, np.log(middles**-6.5), rcond=None)[0]
    assert np.exp(c @ shapes[:2]) == pytest.approx(middles**-6.5, rel=1e-9)
    running = np.linalg.lstsq(shapes.T, -0.7 * np.log(middles) ** 2, rcond=None)[0]
    assert running @ shapes == pytest.approx(-0.7 * np.log(middles) ** 2, rel=1e-9)


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
    truth = np.array([6000.0, 0.0, 4000.0, 0.0, 0.0, 1500.0]) @ bernstein(EDGES, 5)
    counts = pseudo_experiments(truth, 1, np.random.default_rng(6))
    assert order_by_f_test(counts, EDGES, "bernstein") >= 4
    assert goodness(counts, fit(counts, background(EDGES, "bernstein", 2)))[0] < 1e-3
    flat = pseudo_experiments(np.array([1000.0, 200.0, 200.0]) @ bernstein(EDGES, 2), 9, np.random.default_rng(7))
    assert order_by_f_test(flat, EDGES, "bernstein") == 2
    assert goodness(flat, fit(flat, background(EDGES, "bernstein", 3))).min() > 1e-3


@pytest.mark.parametrize(("events", "categories"), [(4000, 1), (400, 9)])
def test_the_f_test_takes_too_high_an_order_as_often_as_its_level_says(events, categories):
    smooth = fit(events * FALLING[None], POWER).expected[0]
    rng = np.random.default_rng(10)
    orders = [
        order_by_f_test(pseudo_experiments(smooth, categories, rng), EDGES, "power-law", level=0.2) for _ in range(300)
    ]
    too_high = np.mean(np.array(orders) > 2)
    assert min(orders) == 2
    assert 0.05 < too_high < 0.2 + 3.5 * np.sqrt(0.2 * 0.8 / 300)


def test_what_each_category_hides_they_show_together():
    smooth = fit(100.0 * FALLING[None], POWER).expected[0]
    counts = pseudo_experiments(smooth, 25, np.random.default_rng(11))
    assert order_by_f_test(counts, EDGES, "power-law") == 2
    assert order_by_f_test(counts[:1], EDGES, "power-law") == 1


def test_the_range_begins_behind_the_turn_on():
    masses = 2500.0 + np.random.default_rng(8).exponential(500.0, 20_000)
    low, high = falling_range(np.concatenate([masses, np.linspace(2000.0, 2500.0, 500)]))
    assert 2600.0 <= low <= 3000.0
    assert 4800.0 <= high <= 6000.0
    assert mass_points(low, high, 3)[0] * 0.94 == pytest.approx(low)


def test_a_spectrum_that_is_a_peak_has_no_falling_part() -> None:
    with pytest.raises(UsageError, match=r"no simulated background above 1100 GeV.*give --range LOW HIGH"):
        falling_range(np.random.default_rng(1).normal(1000.0, 20.0, 5000))
