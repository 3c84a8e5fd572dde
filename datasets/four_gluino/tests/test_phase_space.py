"""Phase space against conservation laws, known volumes and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from adbench_four_gluino.phase_space import (
    directions,
    energies_of,
    flat_density,
    flat_massless,
    from_directions,
    massive,
    massive_weight,
    massless,
)

ENERGY, MASS = 4000.0, 600.0


@pytest.fixture
def four() -> np.ndarray:
    return flat_massless(2_000, 4, ENERGY, np.random.default_rng(1))


def test_flat_events_are_massless_and_at_rest(four: np.ndarray) -> None:
    assert np.allclose(four.sum(axis=1), [ENERGY, 0, 0, 0], atol=1e-6)
    assert np.allclose(four[..., 0] ** 2, (four[..., 1:] ** 2).sum(axis=2), rtol=1e-9)


def test_flat_events_share_energy_as_phase_space_does(four: np.ndarray) -> None:
    """Of n massless particles, x = 2 E / sqrt(s) has density (n-1)(n-2) x (1-x)^(n-3): <x> = 1/2, <x^2> = 3/10."""
    x = 2 * four[..., 0] / ENERGY
    assert x.mean() == pytest.approx(0.5)
    assert (x**2).mean() == pytest.approx(0.3, abs=0.005)


def test_massive_and_massless_belong_together(four: np.ndarray) -> None:
    heavy = massive(four, MASS)
    assert np.allclose(heavy.sum(axis=1), [ENERGY, 0, 0, 0], atol=1e-6)
    assert np.allclose(heavy[..., 0] ** 2 - (heavy[..., 1:] ** 2).sum(axis=2), MASS**2)
    assert np.allclose(massless(heavy), four, atol=1e-6)
    with pytest.raises(ValueError, match="need more than"):
        massive(four, 1001.0)


def test_the_weight_of_masses_is_the_ratio_of_phase_space_volumes() -> None:
    """Two particles: beta. It falls with the mass for four."""
    pair = flat_massless(1, 2, ENERGY, np.random.default_rng(0))
    assert massive_weight(massive(pair, MASS)) == pytest.approx(np.sqrt(1 - (2 * MASS / ENERGY) ** 2))
    four = flat_massless(500, 4, ENERGY, np.random.default_rng(0))
    assert massive_weight(massive(four, 1e-3)) == pytest.approx(np.ones(500), abs=1e-4)
    assert (massive_weight(massive(four, 900.0)) < massive_weight(massive(four, MASS))).all()


def test_directions_say_everything(four: np.ndarray) -> None:
    energies, _ = energies_of(*directions(four), ENERGY)
    assert np.allclose(energies, four[..., 0], rtol=1e-4)
    momenta, possible = from_directions(*directions(four), ENERGY)
    assert possible.all()
    assert np.allclose(momenta, four, atol=0.1)
    pair = flat_massless(5, 2, ENERGY, np.random.default_rng(0))
    cosine, azimuth = directions(pair)
    assert np.allclose(from_directions(cosine[:, :1], azimuth[:, :1], ENERGY)[0], pair)


def test_directions_of_one_half_of_the_sphere_are_impossible() -> None:
    cosine, azimuth = np.full((1, 4), 0.9), np.array([[0.0, 1.5, 3.0, 4.5]])
    assert not from_directions(cosine, azimuth, ENERGY)[1]
    assert flat_density(cosine, azimuth) == -np.inf


def test_flat_phase_space_has_probability_one_in_directions() -> None:
    """A mean over uniform directions, in strata of |det| none: its error is the spread of the density."""
    rng = np.random.default_rng(3)
    cosine, azimuth = rng.uniform(-1, 1, (400_000, 4)), rng.uniform(-np.pi, np.pi, (400_000, 4))
    p = np.exp(flat_density(cosine, azimuth)) * (4 * np.pi) ** 4
    assert p.mean() == pytest.approx(1, abs=0.06)


def test_the_density_of_directions_is_the_share_of_events_among_them(four: np.ndarray) -> None:
    """E_flat[1/p over a region] is its volume: here all allowed directions, 1/8 of the sphere's fourth power."""
    events = flat_massless(200_000, 4, ENERGY, np.random.default_rng(5))
    inverse = np.exp(-flat_density(*directions(events))) / (4 * np.pi) ** 4
    assert inverse.mean() == pytest.approx(1 / 8, rel=0.02)  # Wendel: four random points surround the centre


def test_flat_density_does_not_depend_on_names(four: np.ndarray) -> None:
    order = [2, 0, 3, 1]
    assert np.allclose(flat_density(*directions(four)), flat_density(*directions(four[:, order])))
