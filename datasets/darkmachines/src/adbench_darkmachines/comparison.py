"""Two samples side by side: quantiles, and Kolmogorov's test of each observable."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from adbench_darkmachines.spectra import SPECTRA

__all__ = ["Comparison", "as_csv", "compare"]

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One observable of one sample in two data sets.

    Attributes:
        sample: ``background`` or the name of a signal.
        observable: name in `SPECTRA`.
        events, against_events: events that have it.
        median, against_median: in the unit of the observable.
        distance: the largest difference of the two cumulative distributions.
        p_value: probability of a larger distance if both came from one distribution; copies of one generated event
            make it too small.
    """

    sample: str
    observable: str
    events: int
    against_events: int
    median: float
    against_median: float
    distance: float
    p_value: float


def compare(sample: str, ours: Columns, against: Columns) -> list[Comparison]:
    """Compare all observables that both samples have (two-sample Kolmogorov-Smirnov test)."""
    from scipy.stats import ks_2samp

    found = []
    for spectrum in SPECTRA:
        a, b = (values[spectrum.name][~np.isnan(values[spectrum.name])] for values in (ours, against))
        if len(a) and len(b):
            test = ks_2samp(a, b)
            medians = float(np.median(a)), float(np.median(b))
            distance, p_value = float(test.statistic), float(test.pvalue)
            found.append(Comparison(sample, spectrum.name, len(a), len(b), *medians, distance, p_value))
    return found


def as_csv(rows: list[Comparison]) -> str:
    """Return a table of comparisons as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Comparison)])
    writer.writerows([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in astuple(row)] for row in rows)
    return text.getvalue()
