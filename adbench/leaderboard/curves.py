"""ROC curves of all entries, one panel per signal of a channel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adbench.leaderboard.board import Board
from adbench.leaderboard.cells import samples_of
from adbench.leaderboard.entries import Entry
from adbench.metrics.roc import signal_efficiency
from adbench.metrics.sample import ordered
from adbench.metrics.working_point import NEEDED
from adbench.runs.store import StoredRun

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

__all__ = ["MOST", "draw_roc", "mean_curves"]

MOST = 10
"""Entries in a figure: the first of the board; more lines cannot be told apart."""

GRID = np.logspace(-4.0, 0.0, 161)
"""Background efficiencies at which curves are drawn."""

_PER_ROW = 4
_LOWEST = 1e-4


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


def draw_roc(board: Board, runs: Iterable[StoredRun], channel: str) -> Figure:
    """Return the ROC curves of the board's first entries on every signal of a channel.

    Grey marks background efficiencies below which fewer than 10 background events pass; the dotted line is a guess.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    stored = list(runs)
    drawn: dict[str, dict[str, Floats]] = {}
    unmeasured = 0.0
    for entry in board.entries[:MOST]:
        by_signal, smallest = mean_curves(entry, stored, channel, halves=board.halves)
        if by_signal:
            drawn[entry.name] = by_signal
            unmeasured = max(unmeasured, smallest)
    signals = [signal for name, signal in board.columns if name == channel]
    columns = min(_PER_ROW, max(1, len(signals)))
    rows = max(1, math.ceil(len(signals) / columns))
    figure = Figure(figsize=(1.0 + 2.4 * columns, 1.4 + 2.3 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for panel, signal in zip(panels, signals, strict=False):
        _draw_panel(panel, signal, drawn.values())
        panel.axvspan(_LOWEST, unmeasured, facecolor="0.92", edgecolor="none", zorder=0)
    for panel in panels[len(signals) :]:
        panel.set_axis_off()
    for panel in panels[max(0, len(signals) - columns) : len(signals)]:
        panel.set_xlabel(r"background efficiency $\epsilon_B$")
        panel.tick_params(labelbottom=True)
    for panel in panels[::columns]:
        panel.set_ylabel(r"signal efficiency $\epsilon_S$")
    figure.suptitle(f"{board.dataset} · {board.edition} · channel {channel}", parse_math=False, fontsize=10)
    handles = [Line2D([], [], label=name, **_line(place)) for place, name in enumerate(drawn)]
    legend = figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure


def _draw_panel(panel: Axes, signal: str, entries: Iterable[Mapping[str, Floats]]) -> None:
    for place, curves in enumerate(entries):
        if signal in curves:
            panel.plot(GRID, curves[signal], **_line(place))
    panel.plot(GRID, GRID, color="0.4", linestyle=":", linewidth=0.8)
    panel.set(xscale="log", yscale="log", xlim=(_LOWEST, 1.0), ylim=(_LOWEST, 1.2))
    panel.set_title(signal, fontsize=8, parse_math=False)
    panel.grid(visible=True, linewidth=0.4, color="0.88")


def _line(place: int) -> dict[str, Any]:
    return {"color": f"C{place}", "linestyle": "-" if place % 2 == 0 else "--", "linewidth": 1.2}
