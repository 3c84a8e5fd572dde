"""The weight is the same for all names of the gluinos, labels are probabilities, the density adds up to one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from adbench_four_gluino.amplitude import colour_places, colour_weights, draw_labels, log_label_probability
from adbench_four_gluino.phase_space import directions, massive_weight, massless
from adbench_four_gluino.process import FOUR, TWO, Process, mean_of_two

ORDER = [2, 0, 3, 1]


@pytest.fixture(scope="module")
def momenta() -> np.ndarray:
    return FOUR.draw(1_500, np.random.default_rng(2))


def test_names_of_gluinos_do_not_matter(momenta: np.ndarray) -> None:
    renamed = momenta[:, ORDER]
    assert np.allclose(FOUR.weights(momenta), FOUR.weights(renamed))
    gluons, gluinos, places = draw_labels(momenta, np.random.default_rng(0))
    there = log_label_probability(momenta, (gluons, gluinos, places))
    assert np.allclose(there, log_label_probability(renamed, (gluons, gluinos[:, ORDER], places[:, ORDER])))


def test_colour_orders_are_all_there() -> None:
    places = colour_places(4)
    assert places.shape == (120, 4)
    assert len(np.unique(places, axis=0)) == 120
    assert set(places.ravel()) == {1, 2, 3, 4, 5}


def test_probabilities_of_all_labels_add_up_to_one(momenta: np.ndarray) -> None:
    some = momenta[:3]
    total = np.zeros(3)
    for gluons in itertools.product((-1, 1), repeat=2):
        for gluinos in itertools.product((-1, 1), repeat=4):
            for places in colour_places(4):
                labels = tuple(np.tile(np.array(x), (3, 1)) for x in (gluons, gluinos, places))
                total += np.exp(log_label_probability(some, labels))  # type: ignore[arg-type]
    assert total == pytest.approx(np.ones(3))


def test_places_that_belong_to_no_order_have_probability_zero(momenta: np.ndarray) -> None:
    ones = np.ones((1, 4), np.int64)
    assert log_label_probability(momenta[:1], (ones[:, :2], ones, ones)) == -np.inf


def test_drawn_labels_follow_their_probabilities(momenta: np.ndarray) -> None:
    one = np.repeat(momenta[:1], 30_000, axis=0)
    _, gluinos, places = draw_labels(one, np.random.default_rng(4))
    p = colour_weights(momenta[:1])[0]
    p = p / p.sum()
    codes, expected = places @ 6 ** np.arange(4), colour_places(4) @ 6 ** np.arange(4)
    share = np.array([(codes == code).mean() for code in expected])
    assert np.abs(share - p).max() < 5 * np.sqrt(p.max() / 30_000)
    assert abs(gluinos.mean()) < 0.02  # both pairs of equal gluons alike


def test_means_are_those_of_the_weight() -> None:
    assert TWO.mean == pytest.approx(mean_of_two(), rel=1e-6)
    flat = FOUR.draw_flat(60_000, np.random.default_rng(7))
    weights = FOUR.weights(flat)
    assert weights.mean() == pytest.approx(1, abs=5 * weights.std() / np.sqrt(len(weights)))
    assert weights.max() < FOUR.bound


@pytest.mark.parametrize("process", [TWO, FOUR], ids=["two", "four"])
def test_the_density_is_the_one_that_events_are_drawn_from(process: Process) -> None:
    """E_p[flat / p] = 1: the mean of 1 / weight over drawn events."""
    drawn = process.draw(4_000, np.random.default_rng(8))
    inverse = 1 / process.weights(drawn)
    assert inverse.mean() == pytest.approx(1, abs=5 * inverse.std() / np.sqrt(len(inverse)))


def test_pairs_have_probability_one_over_the_sphere() -> None:
    cosine, weight = np.polynomial.legendre.leggauss(100)
    log_p = TWO.log_density(cosine[:, None], np.zeros((100, 1)))
    assert (weight * np.exp(log_p)).sum() * 2 * np.pi == pytest.approx(1)


def test_density_and_momenta_of_directions(momenta: np.ndarray) -> None:
    cosine, azimuth = directions(massless(momenta[:50]))
    again, possible = FOUR.momenta(cosine, azimuth)
    assert possible.all()
    assert np.allclose(massive_weight(again), massive_weight(momenta[:50]), rtol=1e-4)
    assert FOUR.log_density(np.full((1, 4), 0.9), np.arange(4.0)[None]) == -np.inf


def test_a_bound_that_is_too_low_is_an_error() -> None:
    with pytest.raises(ValueError, match="above the bound"):
        Process(2, TWO.mean, 1.5).draw(10, np.random.default_rng(0))
