"""Pseudo-experiments: significances where few events are expected, and spectra to test the search itself with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from adbench.search.combine import deviations
from adbench.search.fit import Fits
from adbench.search.scan import FEW, Said, Scan, Spectrum, scan_asymptotic

__all__ = ["Calibration", "calibrate", "calibrated", "pseudo_experiments", "scan"]

Floats = NDArray[np.float64]

_TOYS = 1000
_MOST_TOYS = 100_000
_ABOVE = 10  # pseudo-experiments beyond the data that make a p-value good to 30 %
_SAME = 1e-3  # deviations that differ by less are equal: those of the few ways in which two events can lie


@dataclass(frozen=True, slots=True)
class Calibration:
    """What significances pseudo-experiments without a resonance have, where few events are expected.

    Attributes:
        z: sorted (T,) for each category and place of a mass.
    """

    z: dict[tuple[int, int], Floats]


def pseudo_experiments(expected: Floats, number: int, rng: np.random.Generator) -> Floats:
    """Return Poisson counts, (number, *expected.shape)."""
    return rng.poisson(expected, (number, *expected.shape)).astype(np.float64)


def scan(counts: Floats, spectrum: Spectrum, seed: int = 0, jobs: int = 1, said: Said | None = None) -> Scan:
    """Return the scan of one data set, with p-values from pseudo-experiments where few events are expected.

    Args:
        counts: (C, B) events.
        spectrum: bins, masses and shapes.
        seed: of the pseudo-experiments.
        jobs: threads; 0 = as many as there are cores.
        said: told how many fits are done and how many there are.
    """
    found = scan_asymptotic(counts, spectrum, jobs=jobs, said=said)
    known = calibrate(found, spectrum, seed, _TOYS, jobs)
    first = calibrated(found.z[None], known)[0]
    few = found.window < FEW
    for category, place in np.argwhere(few & (first > deviations(np.array(_ABOVE / _TOYS)))):
        known.z[(category, place)] = _more(found, spectrum, int(category), int(place), seed, jobs)
    return replace(found, z=calibrated(found.z[None], known)[0], from_toys=few)


def calibrate(found: Scan, spectrum: Spectrum, seed: int, number: int = _TOYS, jobs: int = 1) -> Calibration:
    """Return the significances of pseudo-experiments from the fits without a resonance, where few events are expected.

    Args:
        found: an asymptotic scan.
        spectrum: bins, masses and shapes.
        seed: of the pseudo-experiments.
        number: pseudo-experiments of each category.
        jobs: threads.
    """
    z: dict[tuple[int, int], Floats] = {}
    for category, few in enumerate(found.window < FEW):
        places = np.flatnonzero(few)
        if not len(places):
            continue
        toys = pseudo_experiments(_expected(found.background, category), number, _rng(seed, category, 0))
        scanned = scan_asymptotic(toys, spectrum, places, jobs)
        z |= {(category, int(place)): np.sort(scanned.z[:, place]) for place in places}
    return Calibration(z)


def calibrated(z: Floats, known: Calibration) -> Floats:
    """Return significances, (N, C, M), with those of a calibration in place of asymptotic ones.

    p is (1 + pseudo-experiments beyond) / (1 + all); those that are equal count half, so that p is uniform on average.
    """
    better = z.copy()
    for (category, place), toys in known.z.items():
        values = z[:, category, place]
        above = len(toys) - np.searchsorted(toys, values + _SAME, "right")
        same = len(toys) - np.searchsorted(toys, values - _SAME, "left") - above
        better[:, category, place] = deviations((above + 0.5 * (same + 1)) / (len(toys) + 1))
    return better


def _more(found: Scan, spectrum: Spectrum, category: int, place: int, seed: int, jobs: int) -> Floats:
    """Return sorted significances of so many pseudo-experiments that ten are beyond the data, or the most we draw."""
    value, expected = found.z[category, place], _expected(found.background, category)
    parts: list[Floats] = []
    above, part = 0, 1
    while above < _ABOVE and sum(map(len, parts)) < _MOST_TOYS:
        toys = pseudo_experiments(expected, 4000, _rng(seed, category, part))
        parts.append(scan_asymptotic(toys, spectrum, np.array([place]), jobs).z[:, place])
        above, part = above + int(np.count_nonzero(parts[-1] > value)), part + 1
    return np.sort(np.concatenate(parts))


def _expected(fits: Fits, category: int) -> Floats:
    return np.asarray(fits.expected[category])


def _rng(seed: int, category: int, part: int) -> np.random.Generator:
    return np.random.default_rng([seed, category, part])
