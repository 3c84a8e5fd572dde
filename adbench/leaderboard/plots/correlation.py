"""Which detectors agree: Spearman correlation of per-event scores on test background, averaged over common seeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.plots.request import Request, plain
from adbench.runs.folds import background_quantile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["correlations", "draw"]

Floats = NDArray[np.float64]
_MOST = 16


def _quantiles(request: Request, entry: Entry) -> dict[int, tuple[NDArray[np.int64], Floats]]:
    """Return row ids in order and background quantiles of their events, by seed."""
    found = {}
    for run in request.runs_of(entry):
        with run.scores() as file:
            background, rows = file.sample("background", entry.score), file.rows("background")
        order = np.argsort(rows, kind="stable")
        quantile = background_quantile(background.scores, background.scores, background.weights)
        found[run.record.identity.seed] = (rows[order], quantile[order])
    return found


def correlations(request: Request, entries: list[Entry]) -> tuple[Floats, int]:
    """Return the matrix, float64 (k, k), NaN where two share no seed or events, and the number of events.

    A constant score correlates with nothing: NaN.
    """
    known = [_quantiles(request, entry) for entry in entries]
    matrix = np.full((len(entries), len(entries)), math.nan)
    events = 0
    for i, a in enumerate(known):
        for j, b in enumerate(known[: i + 1]):
            pairs = [(a[seed], b[seed]) for seed in a if seed in b] or [
                (one, other) for one in a.values() for other in b.values()
            ]
            values = []
            for (rows, x), (others, y) in pairs:
                if np.array_equal(rows, others) and x.std() > 0.0 and y.std() > 0.0:
                    values.append(float(np.corrcoef(x, y)[0, 1]))
                    events = max(events, len(rows))
            if values:
                matrix[i, j] = matrix[j, i] = float(np.mean(values))
    return matrix, events


def draw(request: Request) -> Figure:
    """Return the matrix as a heat map with its numbers; the title holds the largest 68 % half-width.

    Raises:
        MissingError: fewer than two entries have scores.
    """
    from matplotlib.figure import Figure

    entries, left = request.chosen_entries(_MOST, scored=True)
    if len(entries) < 2:
        msg = "a correlation needs two entries with stored scores; run another: adbench run"
        raise MissingError(msg)
    matrix, events = correlations(request, entries)
    wide = min(request.inches, 1.8 + 0.42 * len(entries))
    figure = Figure(figsize=(request.inches, wide + 0.6), layout="constrained")
    panel = figure.subplots()
    image = panel.imshow(matrix, cmap="PuOr_r", vmin=-1.0, vmax=1.0)
    for row in range(len(entries)):
        for place in range(len(entries)):
            value = matrix[row, place]
            text = "–" if math.isnan(value) else f"{value:.2f}"
            colour = "white" if abs(value) > 0.7 else "black"
            panel.text(place, row, text, ha="center", va="center", fontsize=6, color=colour)
    names = [entry.name for entry in entries]
    panel.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    panel.set_yticks(range(len(names)), names)
    plain([*panel.get_xticklabels(), *panel.get_yticklabels()])
    figure.colorbar(image, ax=panel, shrink=0.8).set_label("Spearman correlation")
    half = 1.03 / math.sqrt(max(events - 3, 1))  # Fieller, Hartley and Pearson, Biometrika 44 (1957) 470
    note = f"{events:,} test background events; 68 % intervals at most ±{half:.3f}"
    figure.suptitle(request.heading(note, left), parse_math=False, fontsize=8)
    return figure
