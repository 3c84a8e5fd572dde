"""Method 1 of arXiv:2011.03550: a grid of cuts on the plane, a scan behind each. Illustrative.

The best of many cuts is the best because its events fluctuated up: its p-value is too small, by how much is not known
from the scan itself. Method 2, the categories, looks at all events once and needs no choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.search.scan import FEW, Said, Spectrum, scan_asymptotic
from adbench.search.shapes import spectra

__all__ = ["Cuts", "scan_cuts"]

Floats = NDArray[np.float64]

_BACKGROUND = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
_SIGNAL = (1.0, 0.7, 0.5, 0.3, 0.2, 0.1)


@dataclass(frozen=True, slots=True)
class Cuts:
    """The largest excess behind each pair of cuts.

    Attributes:
        background: (N,) cuts that the background loss is above.
        signal: (K,) cuts that the signal loss is below; one infinite value where there is one axis.
        events: (N, K) events that pass.
        z: (N, K) largest deviation at masses where at least ten events are expected; NaN where there is none.
        masses: (N, K) at which, in GeV.
    """

    background: Floats
    signal: Floats
    events: Floats
    z: Floats
    masses: Floats


def scan_cuts(
    masses: Floats,
    background: Floats,
    signal: Floats | None,
    spectrum: Spectrum,
    jobs: int = 1,
    said: Said | None = None,
) -> Cuts:
    """Return the scan behind each pair of cuts; cuts are quantiles of the events in the range.

    Args:
        masses: (n,) in GeV.
        background: (n,) background loss or score.
        signal: (n,) signal loss; None where there is one axis.
        spectrum: bins, masses and shapes.
        jobs: threads.
        said: told of progress.
    """
    inside = (masses >= spectrum.edges[0]) & (masses <= spectrum.edges[-1])
    above = np.quantile(background[inside], _BACKGROUND)
    below = np.array([np.inf]) if signal is None else np.quantile(signal[inside], _SIGNAL)
    passing = inside & (background > above[:, None, None])
    if signal is not None:
        passing = passing & (signal <= below[None, :, None])
    every = np.zeros(len(masses), np.int64)
    flat = passing.reshape(-1, len(masses))
    counts = np.concatenate([spectra(masses[one], every[one], 1, spectrum.edges) for one in flat])
    found = scan_asymptotic(counts, spectrum, jobs=jobs, said=said)
    z = np.where(found.window >= FEW, found.z, -np.inf)
    best = z.argmax(axis=1)
    peak = z.max(axis=1)
    shape = (len(above), len(below))
    return Cuts(
        above,
        below,
        counts.sum(axis=1).reshape(shape),
        np.where(np.isfinite(peak), peak, np.nan).reshape(shape),
        np.where(np.isfinite(peak), spectrum.masses[best], np.nan).reshape(shape),
    )
