"""ROC and SIC curves with 68 % bands, for any entries and signals of a channel.

A band is read off pointwise: statistical fluctuations of threshold and signal of each seed, seeds averaged by the same
rule as the cells of a board. Where fewer than 10 background events are expected above threshold nothing is drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.metric import Estimate
from adbench.leaderboard.cells import samples_of
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.gathering import average
from adbench.leaderboard.plots.request import Request, legend_below
from adbench.metrics.efficiency import SignalEfficiency, efficiency_estimate
from adbench.metrics.sample import ordered
from adbench.metrics.working_point import is_measured
from adbench.plotting import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["GRID", "bands", "draw"]

Floats = NDArray[np.float64]
Band = tuple[Floats, Floats, Floats]

GRID = np.logspace(-4.0, 0.0, 49)
"""Background efficiencies at which curves are drawn; at the last one, 1, everything passes."""

_MOST = 6
_LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))


def bands(request: Request, entry: Entry, signals: tuple[str, ...]) -> dict[str, Band]:
    """Return signal efficiency, lower and upper end at `GRID` by signal; NaN where it is unmeasured.

    The curve ends at (1, 1), which nothing can move.
    """
    by_signal: dict[str, list[dict[int, Estimate]]] = {}
    for run in request.runs_of(entry):
        for signal, background, events in samples_of(run, entry.score, halves=request.board.halves, signals={*signals}):
            b, s = ordered(background, "background"), ordered(events, "signal")
            points = by_signal.setdefault(signal, [{} for _ in GRID])
            for place, efficiency in enumerate(GRID[:-1]):
                if is_measured(b, float(efficiency)):
                    points[place][run.record.identity.seed] = efficiency_estimate(b, s, float(efficiency))
    found = {}
    for signal, points in by_signal.items():
        cells = [average(seeds, SignalEfficiency.limits) if seeds else None for seeds in points]
        curves = [
            np.array([*(math.nan if cell is None else getattr(cell, end) for cell in cells[:-1]), 1.0])
            for end in ("value", "low", "high")
        ]
        found[signal] = (curves[0], curves[1], curves[2])
    return found


def draw(request: Request) -> Figure:
    """Return the curves of the named entries, or the board's first, one panel per signal.

    Panels of a ROC curve share their axes. Significance improvements of signals differ by more than one axis can show,
    so each signal has its own.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    signals = request.chosen_signals()
    entries, left = request.chosen_entries(_MOST, scored=True)
    per_row = min(len(signals), 1 if request.width == "single" else 2 if len(signals) in (2, 4) else 3)
    rows = math.ceil(len(signals) / per_row)
    wide = request.inches / per_row
    size = (request.inches, 0.75 + rows * min(2.6, 0.85 * wide) + 0.16 * math.ceil(len(entries) / 2))
    figure = Figure(figsize=size, layout="constrained")
    own_axes = request.kind == "sic" and len(signals) > 1
    panels = figure.subplots(rows, per_row, sharex=True, sharey=not own_axes, squeeze=False).ravel()
    first = 1.0
    for place, entry in enumerate(entries):
        for signal, band in bands(request, entry, signals).items():
            _draw_band(panels[signals.index(signal)], band, place, request.kind)
            first = min(first, float(GRID[~np.isnan(band[0])][0]))
    for panel, signal in zip(panels, signals, strict=False):
        panel.set_title(signal, parse_math=False)
        guess = np.sqrt(GRID) if request.kind == "sic" else GRID
        panel.plot(GRID, guess, color="0.4", linestyle=":", linewidth=0.8)
        panel.set(xscale="log", xlim=(0.8 * min(first, 0.1), 1.0))
        panel.grid(visible=True)
        if request.kind == "roc":
            panel.set(yscale="log", ylim=(1e-3, 1.2))
        else:
            panel.set_ylim(bottom=0.0)
    for panel in panels[len(signals) :]:
        panel.remove()
    for panel in panels[max(0, len(signals) - per_row) : len(signals)]:
        panel.set_xlabel(r"background efficiency $\epsilon_B$")
        panel.tick_params(labelbottom=True)
    for panel in panels[: len(signals) : per_row]:
        label = r"$\epsilon_S / \sqrt{\epsilon_B}$" if request.kind == "sic" else r"signal efficiency $\epsilon_S$"
        panel.set_ylabel(label)
    note = "bands: 68 % intervals; not drawn where fewer than 10 background events are expected"
    scales = "each panel has its own scale" if own_axes else ""
    figure.suptitle(request.heading(note, scales, left), parse_math=False, fontsize=8)
    handles = [Line2D([], [], label=entry.name, **_style(place)) for place, entry in enumerate(entries)]
    handles.append(Line2D([], [], label="a guess", color="0.4", linestyle=":", linewidth=0.8))
    legend_below(figure, handles, 1 if request.width == "single" else 3)
    return figure


def _draw_band(panel: Axes, band: Band, place: int, kind: str) -> None:
    scale = 1.0 / np.sqrt(GRID) if kind == "sic" else np.ones(len(GRID))
    value, low, high = (curve * scale for curve in band)
    there = ~np.isnan(value)
    style = _style(place)
    panel.fill_between(GRID[there], low[there], high[there], color=style["color"], alpha=0.18, linewidth=0)
    panel.plot(GRID[there], value[there], **style)


def _style(place: int) -> dict[str, Any]:
    return {"color": colour(place), "linestyle": _LINES[place % len(_LINES)]}
