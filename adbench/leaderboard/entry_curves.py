"""Mean ROC curves of an entry, from scores or from what reference results keep of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from adbench.leaderboard.curves import Curves, curve_key, curves_of
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.reference import signals_of
from adbench.leaderboard.stored_curves import read_curves
from adbench.runs.store import StoredRun

__all__ = ["mean_curves"]

Floats = NDArray[np.float64]


def mean_curves(entry: Entry, runs: Iterable[StoredRun], channel: str, *, halves: bool) -> Curves:
    """Return the curves of an entry, averaged over seeds.

    Args:
        entry: an entry of a board.
        runs: the stored runs; those of the entry in this channel are used, reference results with the curves they have.
        channel: name of the channel.
        halves: as on the board, whether unsupervised entries are measured on signal halves.
    """
    by_signal: dict[str, list[Floats]] = {}
    smallest = 0.0
    for run in runs:
        if run.record.key not in entry.keys or run.record.identity.channel != channel:
            continue
        found = _curves(run, entry.score, halves=halves)
        for signal, curve in found.by_signal.items():
            by_signal.setdefault(signal, []).append(curve)
        smallest = max(smallest, found.smallest)
    return Curves({signal: np.mean(curves, axis=0) for signal, curves in by_signal.items()}, smallest)


def _curves(run: StoredRun, score: str, *, halves: bool) -> Curves:
    if run.has_scores:
        return curves_of(run, score, halves=halves)
    stored = read_curves(run) if score == run.record.scores[0] else None
    if stored is None:
        return Curves({}, 0.0)
    wanted = {curve_key(run.record, signal, halves=halves): signal for signal in signals_of(run.record)}
    return Curves(
        {signal: stored.by_signal[key] for key, signal in wanted.items() if key in stored.by_signal}, stored.smallest
    )
