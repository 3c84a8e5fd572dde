"""Histograms of scores: what background and signals look like to a detector."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Scored
from adbench.leaderboard.cells import samples_of
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.plots.request import Request, legend_below
from adbench.plotting import colour, wrapped
from adbench.runs.store import StoredRun

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "drawn_runs", "shares"]

Floats = NDArray[np.float64]
_MOST = 4
_MOST_SIGNALS = 3  # lines with error bars that can be told apart; named ones are drawn however many they are
_BINS = 30


def shares(sample: Scored, edges: Floats) -> tuple[Floats, Floats]:
    """Return the share of weight in each bin, the last ones open, and its statistical error, float64 (bins,) each.

    The error is sqrt(sum W^2) / (sum w), where W is the weight in the bin of one source: copies of a generated event
    come and go together.

    Example:
        >>> shares(Scored.of([0.1, 0.2, 0.7, 0.8], sources=[0, 0, 1, 2]), np.array([0.0, 0.5, 1.0]))
        (array([0.5, 0.5]), array([0.5       , 0.35355339]))
    """
    bins = len(edges) - 1
    place = np.clip(np.searchsorted(edges, sample.scores, side="right") - 1, 0, bins - 1)
    sources = np.arange(len(sample)) if sample.sources is None else sample.sources
    names, numbers = np.unique(sources, return_inverse=True)
    cells, cell = np.unique(place * len(names) + numbers, return_inverse=True)
    together = np.bincount(cell, sample.weights, len(cells))
    squared = np.bincount(cells // len(names), together**2, bins)
    total = np.sum(sample.weights)
    return np.bincount(place, sample.weights, bins) / total, np.sqrt(squared) / total


def drawn_runs(request: Request, entries: Sequence[Entry]) -> tuple[list[StoredRun], str]:
    """Return one run of each entry: that of the lowest seed that all have, else of its own lowest, and a line for that.

    Args:
        request: what is drawn.
        entries: with runs in the channel.
    """
    runs = [{run.record.identity.seed: run for run in reversed(request.runs_of(entry))} for entry in entries]
    common = set.intersection(*(set(by_seed) for by_seed in runs))
    if common:
        return [by_seed[min(common)] for by_seed in runs], ""
    return [by_seed[min(by_seed)] for by_seed in runs], "no seed in common: the lowest one of each entry"


def _of_one_view(
    run: StoredRun, score: str, signals: Sequence[str], *, halves: bool
) -> tuple[Scored, dict[str, Scored]]:
    """Return the test background of the first signal, and the signals that were scored by the same view as it was.

    A semi-supervised detector scores each signal without the priors of its family: another view is another scale.
    """
    chosen = set(signals)
    scored = {
        signal: (known, events) for signal, known, events in samples_of(run, score, halves=halves, signals=chosen)
    }
    background = next(scored[signal][0] for signal in signals if signal in scored)
    return background, {
        signal: scored[signal][1]
        for signal in signals
        if signal in scored and np.array_equal(scored[signal][0].scores, background.scores)
    }


def draw(request: Request) -> Figure:
    """Return one panel per entry: shares of background (grey, with errors) and signals (lines) per bin of the score."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    signals = request.signals or request.chosen_signals()[:_MOST_SIGNALS]
    all_signals = len(request.chosen_signals())
    entries, left = request.chosen_entries(_MOST, scored=True)
    per_row = 1 if request.width == "single" or len(entries) == 1 else 2
    rows = math.ceil(len(entries) / per_row)
    figure = Figure(figsize=(request.inches, 0.9 + 2.0 * rows + 0.15 * len(signals)), layout="constrained")
    panels = figure.subplots(rows, per_row, squeeze=False).ravel()
    runs, seeds = drawn_runs(request, entries)
    for panel, entry, run in zip(panels, entries, runs, strict=False):
        background, samples = _of_one_view(run, entry.score, signals, halves=request.board.halves)
        every = np.concatenate([background.scores, *(events.scores for events in samples.values())])
        low, high = np.percentile(every, [0.1, 99.8])
        edges = np.linspace(low, high, _BINS + 1)
        if edges[0] == edges[-1]:
            edges = np.linspace(edges[0] - 0.5, edges[0] + 0.5, _BINS + 1)
        share, error = shares(background, edges)
        panel.stairs(share, edges, fill=True, color="0.8")
        middle = 0.5 * (edges[1:] + edges[:-1])
        panel.errorbar(middle, share, error, fmt="none", ecolor="0.35", elinewidth=0.6)
        for place, signal in enumerate(signals):
            if signal in samples:
                value, spread = shares(samples[signal], edges)
                panel.stairs(value, edges, color=colour(place), linewidth=1.1)
                panel.errorbar(middle, value, spread, fmt="none", ecolor=colour(place), elinewidth=0.4)
        panel.set(yscale="log", xlim=(edges[0], edges[-1]))
        apart = [signal for signal in signals if signal not in samples]
        views = [f"of other views: {', '.join(apart)}"] if apart else []
        words = [f"{entry.name} ({entry.score}), seed {run.record.identity.seed}", *views]
        panel.set_title(wrapped(words, request.inches / per_row), parse_math=False)
        panel.set_xlabel("score")
        panel.grid(visible=True)
    for panel in panels[: len(entries) : per_row]:
        panel.set_ylabel("share of events per bin")
    for panel in panels[len(entries) :]:
        panel.remove()
    more = f"the first {len(signals)} of {all_signals} signals" if len(signals) < all_signals else ""
    note = "the outermost bins hold what lies beyond; bars: statistical errors"
    figure.suptitle(request.heading(note, left, more, seeds), parse_math=False, fontsize=8)
    handles = [Patch(color="0.8", label="test background")]
    lines = [Line2D([], [], color=colour(place), label=signal) for place, signal in enumerate(signals)]
    legend_below(figure, [*handles, *lines], 1 if request.width == "single" else 3)
    return figure
