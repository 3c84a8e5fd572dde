"""The scan: a fit without and one with a resonance, in each category and at each mass.

Where fewer than ten events are expected within two widths of a mass, the p-value comes from pseudo-experiments.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from adbench.search.combine import COMBINATIONS, deviations
from adbench.search.design import Design
from adbench.search.fit import Fits, fit
from adbench.search.shapes import WIDTH, background, resonance
from adbench.search.significance import signed_significance

__all__ = ["FEW", "Scan", "Spectrum", "mass_points", "scan_asymptotic", "window"]

Floats = NDArray[np.float64]
Said = Callable[[int, int], None]

FEW = 10.0
"""Events expected within two widths, below which p-values come from pseudo-experiments."""

_BLOCK = 4000  # spectra fitted at once, so that their arrays stay in the cache


@dataclass(frozen=True)
class Spectrum:
    """What is the same for all fits of a search.

    Attributes:
        edges: (B + 1,) of the mass bins in GeV.
        masses: (M,) at which a resonance is looked for, in GeV.
        family: of the background, one of `FAMILIES`.
        order: of its polynomials.
        width: of the resonance over its mass.
    """

    edges: Floats
    masses: Floats
    family: str = "power-law"
    order: int = 2
    width: float = WIDTH

    @cached_property
    def background(self) -> Design:
        """What is expected without a resonance."""
        return background(self.edges, self.family, self.order)

    @cached_property
    def designs(self) -> tuple[Design, ...]:
        """What is expected with a resonance at each mass."""
        signals = (resonance(self.edges, mass, self.width) for mass in self.masses)
        return tuple(self.background.with_resonance(signal) for signal in signals)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found.

    Attributes:
        z: (C, M) signed standard deviations of each category at each mass.
        yields: (C, M) fitted events of the resonance.
        errors: (C, M) their standard deviations.
        window: (C, M) events expected within two widths without a resonance.
        from_toys: bool (C, M), where z comes from pseudo-experiments.
        background: the fits without a resonance.
    """

    z: Floats
    yields: Floats
    errors: Floats
    window: Floats
    from_toys: NDArray[np.bool_]
    background: Fits

    def combined(self, how: str) -> Floats:
        """Return the deviations of all categories together at each mass, (M,), by ``fisher`` or ``stouffer``."""
        return deviations(COMBINATIONS[how](self.z))


def mass_points(low: float, high: float, number: int, width: float = WIDTH) -> Floats:
    """Return masses at equal distances in GeV, (number,), whose window of two widths lies within low to high."""
    return np.linspace(low / (1.0 - 2.0 * width), high / (1.0 + 2.0 * width), number)


def window(spectrum: Spectrum, fits: Fits) -> Floats:
    """Return the events that fits expect within two widths of each mass, (F, M)."""
    middles = 0.5 * (spectrum.edges[:-1] + spectrum.edges[1:])
    near = np.abs(middles[None, :] - spectrum.masses[:, None]) < 2.0 * spectrum.width * spectrum.masses[:, None]
    return np.asarray(fits.expected @ near.T.astype(np.float64))


def scan_asymptotic(
    counts: Floats, spectrum: Spectrum, places: NDArray[np.int64] | None = None, jobs: int = 1, said: Said | None = None
) -> Scan:
    """Return the scan of spectra with asymptotic significances, fitted side by side in threads.

    Args:
        counts: (C, B) events, of categories or of pseudo-experiments.
        spectrum: bins, masses and shapes.
        places: numbers of the masses to fit; None = all of them. The others are NaN.
        jobs: threads; 0 = as many as there are cores.
        said: told how many units of work are done and how many there are.
    """
    todo = np.arange(len(spectrum.masses)) if places is None else places
    without = fit(counts, spectrum.background)
    shape = (len(counts), len(spectrum.masses))
    z, yields, errors = (np.full(shape, np.nan) for _ in range(3))
    units = [(rows, place) for rows in _blocks(len(counts)) for place in todo]

    def one(unit: tuple[slice, int]) -> None:
        rows, place = unit
        null = Fits(without.coefficients[rows], without.multipliers[rows], without.design)
        start = np.concatenate([null.coefficients, np.zeros((len(null.coefficients), 1))], axis=1)
        resonant = fit(counts[rows], spectrum.designs[place], start)
        found = signed_significance(counts[rows], null, resonant)
        z[rows, place], yields[rows, place], errors[rows, place] = found.z, found.yields, found.errors

    _ = spectrum.designs  # made once, before threads ask for it
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        for done, _nothing in enumerate(pool.map(one, units), start=1):
            if said is not None:
                said(done, len(units))
    return Scan(z, yields, errors, window(spectrum, without), np.zeros(shape, bool), without)


def _blocks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, _BLOCK):
        yield slice(start, min(start + _BLOCK, rows))
