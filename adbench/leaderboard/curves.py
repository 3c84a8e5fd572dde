"""ROC curves of stored scores, read at 41 background efficiencies: what the page draws and reference results keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adbench.leaderboard.cells import samples_of
from adbench.leaderboard.reference import half_name
from adbench.metrics.roc import signal_efficiency
from adbench.metrics.sample import ordered
from adbench.metrics.working_point import NEEDED
from adbench.runs.record import Record
from adbench.runs.store import StoredRun

__all__ = ["GRID", "Curves", "curve_key", "curves_of"]

Floats = NDArray[np.float64]

GRID = np.logspace(-4.0, 0.0, 41)
"""Background efficiencies at which curves are read."""


class Curves(NamedTuple):
    """ROC curves of one score.

    Attributes:
        by_signal: signal efficiency at `GRID`, by signal.
        smallest: background efficiency below which fewer than 10 events are expected.
    """

    by_signal: Mapping[str, Floats]
    smallest: float


def curve_key(record: Record, signal: str, *, halves: bool) -> str:
    """Return what names the curve of a signal: ``all`` of it, or the ``half`` of it that nobody learns from."""
    return f"{signal}|{half_name(record, signal, halves=halves)}"


def curves_of(run: StoredRun, score: str, *, halves: bool) -> Curves:
    """Return the curves of a run with scores; signals without events have none.

    Args:
        run: a run with scores.
        score: which of its scores.
        halves: as on the board, whether unsupervised entries are measured on signal halves.
    """
    found, smallest = {}, 0.0
    for signal, background, events in samples_of(run, score, halves=halves):
        if len(background) and len(events):
            b = ordered(background, "background")
            found[signal] = signal_efficiency(b, ordered(events, "signal"), GRID)
            smallest = max(smallest, NEEDED / b.smallest_fold)
    return Curves(found, smallest)
