"""What a detector selects: the share of each Standard Model process that passes at each working point.

A detector that knows nothing selects the same share of every process, the dotted line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import source_ids
from adbench.api.errors import MissingError
from adbench.api.events import Events
from adbench.api.metric import Scored
from adbench.leaderboard.plots.request import Request, legend_below, plain, seeds_line
from adbench.leaderboard.plots.selected import background_of, mean_passing, measured_points, opened
from adbench.metrics.sample import ordered
from adbench.metrics.working_point import written
from adbench.plotting import colour, marker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Share", "draw", "process_shares", "selected_share", "wilson"]

Floats = NDArray[np.float64]
_MOST = 4
_FEWEST = 10  # events of a process


def wilson(passed: float, n: float) -> tuple[float, float]:
    """Return the central 68 % interval of a share by Wilson's score (J. Am. Stat. Assoc. 22 (1927) 209).

    Args:
        passed: how many of the events are selected; events may be effective ones, no whole number.
        n: of how many, above 0.

    Example:
        >>> tuple(round(x, 3) for x in wilson(5, 10))
        (0.349, 0.651)
    """
    p = passed / n
    centre, spread = p + 0.5 / n, math.sqrt(p * (1.0 - p) / n + 0.25 / n**2)
    return max(0.0, (centre - spread) / (1.0 + 1.0 / n)), min(1.0, (centre + spread) / (1.0 + 1.0 / n))


def selected_share(chances: Floats, weights: Floats, sources: NDArray[np.int64]) -> tuple[float, float]:
    """Return the share of weight that is selected, and the effective number of independent events behind it.

    Args:
        chances: float64 (n,), n >= 1, the probability with which each event of a process is selected.
        weights: float64 (n,).
        sources: int64 (n,), shared by the copies of one generated event.

    Example:
        >>> selected_share(np.array([1.0, 1.0, 0.0, 0.0]), np.ones(4), np.array([7, 7, 8, 8]))
        (0.5, 2.0)
    """
    share = float(np.sum(chances * weights) / np.sum(weights))
    return share, ordered(Scored(chances, weights, sources), "background").effective


class Share(NamedTuple):
    """A selected share with its 68 % interval."""

    value: float
    low: float
    high: float


def process_shares(events: Events, chances: Floats, processes: Sequence[str]) -> list[Share]:
    """Return what is selected of each process.

    Args:
        events: test background with ``aux["process"]``.
        chances: float64 (n,), the probability with which each event is selected.
        processes: names; each has events.
    """
    codes, weights, sources = events.aux["process"], np.asarray(events.weights, np.float64), source_ids(events)
    shares = []
    for name in processes:
        of_it = codes == events.schema.processes.index(name)
        share, number = selected_share(chances[of_it], weights[of_it], sources[of_it])
        shares.append(Share(share, *wilson(share * number, number)))
    return shares


def draw(request: Request) -> Figure:
    """Return one panel per working point: selected share of each process with its 68 % interval, by entry.

    Raises:
        MissingError: the data set has no processes, or no working point is measured.
        DataError: its events are not those that were scored.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    entries, left = request.chosen_entries(_MOST, scored=True)
    dataset = opened(request)
    runs = [request.runs_of(entry) for entry in entries]
    chosen = [background_of(dataset, some[0]) for some in runs]
    events = chosen[0]
    names, codes = events.schema.processes, events.aux.get("process")
    if codes is None or not names:
        msg = f"the events of {dataset.info.name} carry no process; this figure needs a simulated background with names"
        raise MissingError(msg)
    points, lost = measured_points(runs[0][0], entries[0].score, request.efficiencies)
    counts = {names[code]: int(np.sum(codes == code)) for code in np.unique(codes)}
    there = sorted((name for name, n in counts.items() if n >= _FEWEST), key=lambda name: -counts[name])
    rare = sorted(name for name, n in counts.items() if n < _FEWEST)
    size = (request.inches, 1.4 + (0.2 + 0.075 * len(entries)) * len(there))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(1, len(points), sharey=True, squeeze=False)[0]
    for panel, efficiency in zip(axes, points, strict=True):
        for place, (entry, some, mine) in enumerate(zip(entries, runs, chosen, strict=True)):
            passed = mean_passing(some, entry.score, efficiency)
            shift = (place - 0.5 * (len(entries) - 1)) * 0.8 / len(entries)
            for row, one in enumerate(process_shares(mine, passed, there)):
                panel.plot([one.low, one.high], [row + shift] * 2, color=colour(place), linewidth=0.9)
                if one.value > 0.0:
                    panel.plot([one.value], [row + shift], color=colour(place), marker=marker(place), markersize=3.2)
        panel.axvline(efficiency, color="0.4", linestyle=":", linewidth=0.8)
        panel.set(xscale="log", xlim=(max(efficiency / 50, 1e-4), 1.0))
        panel.set_xlabel(rf"share selected at $\epsilon_B$ = {written(efficiency)}")
        panel.grid(visible=True)
    axes[0].set_yticks(range(len(there)), [f"{name} ({counts[name]:,})" for name in there])
    plain(axes[0].get_yticklabels())
    axes[0].set_ylim(len(there) - 0.4, -0.6)
    gone = f"fewer than {_FEWEST} events, left out: {', '.join(rare)}" if rare else ""
    blind = f"unmeasured, too little background: {', '.join(written(e) for e in lost)}" if lost else ""
    note = "test background by process, 68 % intervals; bars without a marker: none selected"
    figure.suptitle(request.heading(note, seeds_line(runs), left, gone, blind), parse_math=False, fontsize=8)
    handles = [
        Line2D([], [], color=colour(place), marker=marker(place), markersize=3.2, linewidth=0.9, label=entry.name)
        for place, entry in enumerate(entries)
    ]
    handles.append(Line2D([], [], color="0.4", linestyle=":", linewidth=0.8, label="no preference"))
    legend_below(figure, handles, 1 if request.width == "single" else 3)
    return figure
