"""Which events are searched, and in which categories: preselection, and boundaries of equal population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Boundaries", "Layout", "divide", "preselect", "slices"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """How many categories: slices of the background loss, each cut into slices of the signal loss.

    Example:
        ``Layout(3, 3).number`` is 9.
    """

    background: int
    signal: int

    @property
    def number(self) -> int:
        """How many categories there are."""
        return self.background * self.signal

    def __str__(self) -> str:
        return f"{self.background}x{self.signal}"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Where the categories of a plane end.

    Attributes:
        background: (n - 1,) values of the background loss between its slices.
        signal: (n, m - 1) values of the signal loss within each of them.
    """

    background: Floats
    signal: Floats


def preselect(anomaly: Floats, keep: float) -> NDArray[np.bool_]:
    """Return which events are among the share `keep` of the most anomalous, bool (n,); of equals, the first ones."""
    chosen = np.zeros(len(anomaly), bool)
    chosen[np.argsort(-anomaly, kind="stable")[: round(keep * len(anomaly))]] = True
    return chosen


def slices(values: Floats, number: int) -> Numbers:
    """Return the slice of each event, (n,), lowest values first; populations differ by one at most."""
    labels = np.empty(len(values), np.int64)
    labels[np.argsort(values, kind="stable")] = np.arange(len(values)) * number // max(len(values), 1)
    return labels


def divide(background: Floats, signal: Floats, layout: Layout) -> tuple[Numbers, Boundaries]:
    """Return the category of each event, (n,), and the boundaries: the slices of arXiv:2011.03550, section 5.

    Boundaries come from the events that are searched themselves, so that no simulation has to describe their losses.

    Args:
        background: (n,) background loss: high is anomalous.
        signal: (n,) signal loss: low is like a prior.
        layout: how many slices of each.
    """
    outer = slices(background, layout.background)
    inner = np.zeros(len(outer), np.int64)
    signal_ends = np.full((layout.background, layout.signal - 1), np.nan)
    for k in range(layout.background):
        inner[outer == k] = slices(signal[outer == k], layout.signal)
        signal_ends[k] = _ends(signal[outer == k], inner[outer == k], layout.signal)
    return outer * layout.signal + inner, Boundaries(_ends(background, outer, layout.background), signal_ends)


def _ends(values: Floats, labels: Numbers, number: int) -> Floats:
    """Return the value half-way between each slice and the next, (number - 1,); NaN where one is empty."""
    ends = np.full(number - 1, np.nan)
    for k in range(number - 1):
        below, above = values[labels == k], values[labels == k + 1]
        if len(below) and len(above):
            ends[k] = 0.5 * (below.max() + above.min())
    return ends
