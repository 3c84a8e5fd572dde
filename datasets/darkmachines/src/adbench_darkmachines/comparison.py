"""Two samples side by side: quantiles, and Kolmogorov's test of each observable."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from adbench_darkmachines.spectra import SPECTRA, Observed

__all__ = ["Comparison", "as_csv", "compare"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One observable of one sample in two data sets.

    Attributes:
        sample: ``background`` or the name of a signal.
        observable: name in `SPECTRA`.
        events, against_events: events that have it.
        median, against_median: of the weighted events, in the unit of the observable.
        distance: the largest difference of the two cumulative distributions of weight.
        p_value: probability of a larger distance if both came from one distribution; unequal weights count as so many
            events as they are worth, (sum w)^2 / sum w^2. Copies of one generated event make it too small.
    """

    sample: str
    observable: str
    events: int
    against_events: int
    median: float
    against_median: float
    distance: float
    p_value: float


def compare(sample: str, ours: Observed, against: Observed) -> list[Comparison]:
    """Compare all observables that both samples have (two-sample Kolmogorov-Smirnov test)."""
    from scipy.stats import ks_2samp, kstwo

    found = []
    for spectrum in SPECTRA:
        (a, w), (b, v) = ours.of(spectrum), against.of(spectrum)
        if not (w.any() and v.any()):
            continue
        medians = _median(a, w), _median(b, v)
        if np.ptp(w) == np.ptp(v) == 0:
            test = ks_2samp(a, b)
            distance, p_value = float(test.statistic), float(test.pvalue)
        else:
            distance, (n, m) = _distance(a, w, b, v), (_worth(w), _worth(v))
            p_value = float(kstwo.sf(distance, max(1, round(n * m / (n + m)))))
        found.append(Comparison(sample, spectrum.name, len(a), len(b), *medians, distance, p_value))
    return found


def _median(values: Floats, weights: Floats) -> float:
    """Return the value with half of the weight on each side; of equal weights the usual median."""
    if np.ptp(weights) == 0:
        return float(np.median(values))
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, 0.5 * passed[-1])])


def _distance(a: Floats, w: Floats, b: Floats, v: Floats) -> float:
    """Return the largest difference of two cumulative distributions, values with weights each."""
    places = np.unique(np.concatenate([a, b]))
    below = [np.bincount(np.searchsorted(places, x), weights, len(places)).cumsum() for x, weights in ((a, w), (b, v))]
    return float(np.abs(below[0] / below[0][-1] - below[1] / below[1][-1]).max())


def _worth(weights: Floats) -> float:
    return float(weights.sum() ** 2 / np.dot(weights, weights))


def as_csv(rows: list[Comparison]) -> str:
    """Return a table of comparisons as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Comparison)])
    writer.writerows([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in astuple(row)] for row in rows)
    return text.getvalue()
