"""ROC curves of all entries, one panel per signal of a channel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adbench.leaderboard.cells import samples_of
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.ranked import Board
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
_GREY = "0.92"
_DASH = 4.0  # in line widths
_GUESS: Any = {"color": "0.4", "linestyle": ":", "linewidth": 0.8}


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
    Identical curves share one line as dashes of all their colours.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    stored = list(runs)
    drawn: dict[str, dict[str, Floats]] = {}
    unmeasured = 0.0
    for entry in board.entries[:MOST]:
        by_signal, smallest = mean_curves(entry, stored, channel, halves=board.halves)
        if by_signal:
            drawn[entry.name] = by_signal
            unmeasured = max(unmeasured, smallest)
    there = [signal for name, signal in board.columns if name == channel]
    signals = [signal for signal in there if any(signal in by_signal for by_signal in drawn.values())]
    rows = max(1, math.ceil(len(signals) / _PER_ROW))
    columns = max(1, math.ceil(len(signals) / rows))
    legend_columns = 2 if columns < 3 else 3
    legend_rows = math.ceil((len(drawn) + 2) / legend_columns)
    size = (1.0 + 2.4 * max(columns, 1.6), 0.8 + 2.3 * rows + 0.18 * legend_rows)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for panel, signal in zip(panels, signals, strict=False):
        _draw_panel(panel, signal, list(drawn.values()))
        panel.axvspan(_LOWEST, unmeasured, facecolor=_GREY, edgecolor="none", zorder=0)
    for panel in panels[len(signals) :]:
        panel.remove()
    for panel in panels[max(0, len(signals) - columns) : len(signals)]:
        panel.set_xlabel(r"background efficiency $\epsilon_B$")
        panel.tick_params(labelbottom=True)
    for panel in panels[: max(1, len(signals)) : columns]:
        panel.set_ylabel(r"signal efficiency $\epsilon_S$")
    more = f"\nthe first {MOST} of {len(board.entries)} entries" if len(board.entries) > MOST else ""
    figure.suptitle(f"{board.dataset} · {board.edition} · channel {channel}{more}", parse_math=False, fontsize=10)
    handles: list[Any] = [Line2D([], [], label=name, **_line(place)) for place, name in enumerate(drawn)]
    handles.append(Line2D([], [], label="a guess", **_GUESS))
    handles.append(
        Patch(facecolor=_GREY, edgecolor="0.7", linewidth=0.4, label="fewer than 10 background events expected")
    )
    legend = figure.legend(handles=handles, loc="outside lower center", ncols=legend_columns, frameon=False, fontsize=8)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure


def _draw_panel(panel: Axes, signal: str, entries: Sequence[Mapping[str, Floats]]) -> None:
    shown = {place: curves[signal] for place, curves in enumerate(entries) if signal in curves}
    for place, curve in shown.items():
        alike = [other for other, another in shown.items() if np.allclose(curve, another, rtol=0.0, atol=1e-9)]
        panel.plot(GRID, curve, **_line(place, alike))
    panel.plot(GRID, GRID, **_GUESS)
    panel.set(xscale="log", yscale="log", xlim=(_LOWEST, 1.0), ylim=(_LOWEST, 1.2))
    panel.set_title(signal, fontsize=8, parse_math=False)
    panel.grid(visible=True, linewidth=0.4, color="0.88")


def _line(place: int, alike: Sequence[int] = ()) -> dict[str, Any]:
    """Return the style of an entry's curve; where several are alike, each draws the dashes that the others leave."""
    style: Any = "-"
    if len(alike) > 1:
        turn = alike.index(place)
        style = (_DASH * (len(alike) - turn), (_DASH, _DASH * (len(alike) - 1)))
    return {"color": f"C{place}", "linestyle": style, "linewidth": 1.2}
