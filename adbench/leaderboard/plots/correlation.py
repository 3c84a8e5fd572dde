"""Which detectors agree: Spearman correlation of scores on test background, averaged over common seeds, else all."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.plots.request import Request, plain
from adbench.metrics.quantile import background_quantile
from adbench.metrics.sample import ordered

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Correlations", "correlations", "draw"]

Floats = NDArray[np.float64]
_MOST = 16


class _Seed(NamedTuple):
    """Test background of one training: rows in ascending order, their quantiles, their effective number."""

    rows: NDArray[np.int64]
    quantiles: Floats
    effective: float


class Correlations(NamedTuple):
    """How entries agree.

    Attributes:
        matrix: float64 (k, k), NaN where two share no events, or where a score is constant.
        events: number of events behind a correlation.
        effective: the smallest number of independent ones, since copies of one generated event share a source.
        other_seeds: whether some pair of entries has no seed in common, so that all pairs of their seeds count.
    """

    matrix: Floats
    events: int
    effective: float
    other_seeds: bool = False

    @property
    def half_width(self) -> float:
        """The largest half-width of a 68 % interval (Fieller, Hartley and Pearson, Biometrika 44 (1957) 470)."""
        return 1.03 / math.sqrt(max(self.effective - 3.0, 1.0))


def _quantiles(request: Request, entry: Entry) -> dict[int, _Seed]:
    """Return the test background of an entry by seed, as quantiles of background."""
    found = {}
    for run in request.runs_of(entry):
        with run.scores() as file:
            background, rows = file.sample("background", entry.score), file.rows("background")
        order = np.argsort(rows, kind="stable")
        quantile = background_quantile(background.scores, background.scores, background.weights)
        effective = ordered(background, "background").effective
        found[run.record.identity.seed] = _Seed(rows[order], quantile[order], effective)
    return found


def correlations(request: Request, entries: list[Entry]) -> Correlations:
    """Return the correlations of all pairs of entries, averaged over common seeds; without any, over all pairs."""
    known = [_quantiles(request, entry) for entry in entries]
    matrix = np.full((len(entries), len(entries)), math.nan)
    events, effective, apart = 0, math.inf, False
    for i, a in enumerate(known):
        for j, b in enumerate(known[: i + 1]):
            pairs = [(a[seed], b[seed]) for seed in a if seed in b]
            if not pairs:
                pairs, apart = [*itertools.product(a.values(), b.values())], True
            values = []
            for one, other in pairs:
                if np.array_equal(one.rows, other.rows) and one.quantiles.std() > 0.0 and other.quantiles.std() > 0.0:
                    values.append(float(np.corrcoef(one.quantiles, other.quantiles)[0, 1]))
                    events, effective = max(events, len(one.rows)), min(effective, one.effective)
            if values:
                matrix[i, j] = matrix[j, i] = float(np.mean(values))
    return Correlations(matrix, events, effective if events else 0.0, apart)


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
    found = correlations(request, entries)
    wide = min(request.inches, 1.8 + 0.42 * len(entries))
    figure = Figure(figsize=(request.inches, wide + 0.6), layout="constrained")
    panel = figure.subplots()
    image = panel.imshow(found.matrix, cmap="PuOr_r", vmin=-1.0, vmax=1.0)
    for row in range(len(entries)):
        for place in range(len(entries)):
            value = found.matrix[row, place]
            text = "–" if math.isnan(value) else f"{value:.2f}"
            colour = "white" if abs(value) > 0.7 else "black"
            panel.text(place, row, text, ha="center", va="center", fontsize=6, color=colour)
    names = [entry.name for entry in entries]
    panel.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    panel.set_yticks(range(len(names)), names)
    plain([*panel.get_xticklabels(), *panel.get_yticklabels()])
    figure.colorbar(image, ax=panel, shrink=0.8).set_label("Spearman correlation")
    copies = "" if round(found.effective) >= found.events else f", as good as {found.effective:,.0f} independent ones"
    note = f"{found.events:,} test background events{copies}; 68 % intervals at most ±{found.half_width:.3f}"
    seeds = "without a seed in common: all pairs of seeds" if found.other_seeds else ""
    figure.suptitle(request.heading(note, left, seeds), parse_math=False, fontsize=8)
    return figure
