"""The dijets of the bundled sample: the default background of a search describes them, the published one does not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from adbench.api import DatasetOptions
from adbench.registry import catalogue
from adbench.search.fit import fit
from adbench.search.order import goodness, order_by_f_test
from adbench.search.scan import Spectrum, mass_points, scan_asymptotic
from adbench.search.shapes import background, edges_of, falling_range, spectra


@pytest.fixture(scope="module")
def masses():
    dataset = catalogue().datasets.get("lhco").load()(DatasetOptions())
    channel = dataset.info.channels[0]
    parts = (dataset.train(channel), dataset.validation(channel), dataset.background(channel))
    return np.concatenate([np.asarray(part.aux["m_jj"], np.float64) for part in parts])


def test_the_f_test_takes_the_default_order_and_the_published_one_does_not_fit(masses):
    edges = edges_of(*falling_range(masses))
    counts = spectra(masses, np.zeros(len(masses), np.int64), 1, edges)
    assert order_by_f_test(counts, edges, "power-law") == 2
    assert goodness(counts, fit(counts, background(edges, "power-law", 2)))[0] > 0.01
    assert goodness(counts, fit(counts, background(edges, "bernstein", 3)))[0] < 1e-4


def test_disjoint_parts_of_qcd_have_normal_deviations(masses):
    edges = edges_of(*falling_range(masses))
    parts = np.random.default_rng(1).integers(0, 40, len(masses))
    places = np.arange(2, 41, 5)  # two widths and more apart
    spectrum = Spectrum(edges, mass_points(edges[0], edges[-1], 41))
    z = scan_asymptotic(spectra(masses, parts, 40, edges), spectrum, places).z[:, places]
    assert abs(z.mean()) < 3.5 / math.sqrt(z.size)
    assert abs(z.std() - 1.0) < 3.5 / math.sqrt(2 * z.size)
    assert np.abs(z.mean(axis=0)).max() < 3.5 / math.sqrt(40)
