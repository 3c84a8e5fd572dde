"""Mean ROC curves of an entry, for the page."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from adbench.leaderboard.cells import samples_of
from adbench.leaderboard.entries import Entry
from adbench.metrics.roc import signal_efficiency
from adbench.metrics.sample import ordered
from adbench.metrics.working_point import NEEDED
from adbench.runs.store import StoredRun

__all__ = ["GRID", "mean_curves"]

Floats = NDArray[np.float64]

GRID = np.logspace(-4.0, 0.0, 161)
"""Background efficiencies at which curves are read."""


def mean_curves(
    entry: Entry, runs: Iterable[StoredRun], channel: str, *, halves: bool
) -> tuple[dict[str, Floats], float]:
    """Return the signal efficiency at `GRID` for each signal, averaged over seeds, and the smallest measured eps_B.

    Args:
        entry: an entry of a board.
        runs: the stored runs; those of the entry in this channel are used.
        channel: name of the channel.
        halves: as on the board, whether unsupervised entries are measured on signal halves.
    """
    by_signal: dict[str, list[Floats]] = {}
    smallest = 0.0
    for run in runs:
        if run.record.key not in entry.keys or run.record.identity.channel != channel:
            continue
        for signal, background, events in samples_of(run, entry.score, halves=halves):
            if len(background) and len(events):
                b = ordered(background, "background")
                by_signal.setdefault(signal, []).append(signal_efficiency(b, ordered(events, "signal"), GRID))
                smallest = max(smallest, NEEDED / b.smallest_fold)
    return {signal: np.mean(curves, axis=0) for signal, curves in by_signal.items()}, smallest
