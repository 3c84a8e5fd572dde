"""Categories, combinations, toys and the global p-value."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import combine_pvalues, norm

from adbench.search.categories import Layout, divide, preselect, slices
from adbench.search.combine import deviations, fisher, probability, stouffer
from adbench.search.elsewhere import global_p, toy_curves
from adbench.search.scan import FEW, Spectrum, mass_points
from adbench.search.shapes import bernstein, edges_of, resonance
from adbench.search.toys import calibrate, calibrated, pseudo_experiments, scan

EDGES = edges_of(3000.0, 6000.0)
SPECTRUM = Spectrum(EDGES, mass_points(3000.0, 6000.0, 6))
SMALL = np.array([22.0, 5.0, 2.0, 1.0]) @ bernstein(EDGES, 3)


def test_categories_have_equal_populations_and_keep_to_their_boundaries():
    rng = np.random.default_rng(1)
    background, signal = rng.normal(size=1003), rng.normal(size=1003)
    labels, ends = divide(background, signal, Layout(3, 4))
    sizes = np.bincount(labels, minlength=12)
    assert sizes.max() - sizes.min() <= 1
    assert np.array_equal(labels // 4, np.searchsorted(ends.background, background))
    for k in range(3):
        inside = labels // 4 == k
        assert np.array_equal(labels[inside] % 4, np.searchsorted(ends.signal[k], signal[inside]))


def test_equal_values_do_not_upset_the_populations():
    assert np.bincount(slices(np.zeros(10), 3)).tolist() == [4, 3, 3]
    assert preselect(np.zeros(10), 0.3).sum() == 3
    assert preselect(np.arange(10.0), 0.2).tolist() == [False] * 8 + [True] * 2


def test_combinations_are_those_of_scipy():
    z = np.array([[0.3, 2.0], [-1.2, 2.5], [1.0, -0.5]])
    for column in range(2):
        p = norm.sf(z[:, column])
        assert fisher(z)[column] == pytest.approx(combine_pvalues(p, "fisher").pvalue)
        assert stouffer(z)[column] == pytest.approx(combine_pvalues(p, "stouffer").pvalue)
    assert deviations(probability(z)) == pytest.approx(z)
    assert float(deviations(fisher(np.full((25, 1), 6.0)))[0]) > 20.0


def test_few_events_are_calibrated_with_pseudo_experiments():
    found = scan(np.round(SMALL + 0.2)[None], SPECTRUM, seed=1)
    assert np.array_equal(found.from_toys, found.window < FEW)
    assert found.from_toys.any()
    known = calibrate(found, SPECTRUM, seed=2, number=1000)
    others = calibrate(found, SPECTRUM, seed=3, number=1000)
    for (category, place), values in others.z.items():
        full = np.zeros((len(values), 1, len(SPECTRUM.masses)))
        full[:, category, place] = values
        p = probability(calibrated(full, known)[:, category, place])
        assert p.mean() == pytest.approx(0.5, abs=0.05)
        assert np.mean(p < 0.1587) == pytest.approx(0.1587, abs=0.06)


def test_a_lucky_category_gets_pseudo_experiments_until_some_are_beyond():
    counts = np.round(SMALL)[None].copy()
    counts[0] += np.round(18.0 * resonance(EDGES, SPECTRUM.masses[3]) + 0.3)
    found = scan(counts, SPECTRUM, seed=1)
    assert found.from_toys[0, 3]
    assert 3.2 < found.z[0, 3] < 6.0  # 1,000 pseudo-experiments alone would end at 3.1


def test_an_empty_category_says_nothing():
    found = scan(np.zeros((1, len(EDGES) - 1)), SPECTRUM)
    assert found.z == pytest.approx(np.zeros_like(found.z), abs=0.01)


def test_the_global_p_value_counts_all_masses():
    rng = np.random.default_rng(2)
    curves = rng.normal(size=(5000, 8))
    local = np.zeros(8)
    local[2] = 2.0
    found = global_p(local, curves)
    assert found.method == "toys"
    assert found.p == pytest.approx(1.0 - norm.cdf(2.0) ** 8, abs=0.02)
    local[2] = 5.0
    far = global_p(local, curves)
    assert far.method == "trial factor"
    assert norm.sf(5.0) < far.p < 100.0 * norm.sf(5.0)


def test_curves_of_background_alone_are_normal_at_each_mass():
    counts = pseudo_experiments(np.repeat(40.0 * SMALL[None], 4, axis=0), 1, np.random.default_rng(3))[0]
    curves = toy_curves(scan(counts, SPECTRUM), SPECTRUM, 300, "fisher")
    assert curves.shape == (300, 6)
    assert np.abs(curves.mean(axis=0)).max() < 4.0 / np.sqrt(300.0)
    assert curves.std(axis=0) == pytest.approx(np.ones(6), abs=0.2)
