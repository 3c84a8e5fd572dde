"""What a detector sculpts: the shapes of MET, HT and searched masses of the background that it selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import source_ids
from adbench.api.errors import MissingError
from adbench.api.events import Events
from adbench.api.metric import Scored
from adbench.api.observables import missing_energy, scalar_sum
from adbench.leaderboard.plots.histogram import shares
from adbench.leaderboard.plots.request import Request, legend_below, seeds_line
from adbench.leaderboard.plots.selected import background_of, mean_passing, measured_points, opened
from adbench.metrics.working_point import written
from adbench.plotting import colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "observables"]

Floats = NDArray[np.float64]
_MOST = 4
_BINS = 16
_LABELS = {"MET": r"$E_\mathrm{T}^\mathrm{miss}$ [GeV]", "HT": r"$H_\mathrm{T}$ [GeV]"}


def observables(events: Events, masses: Sequence[str] = ()) -> dict[str, Floats]:
    """Return MET, HT and the masses that may be searched, in GeV, float64 (n,) each, those that the events have.

    Args:
        events: with the masses in ``aux``.
        masses: their names (`DatasetInfo.masses`): background selected by a detector must not peak in them.
    """
    found = {}
    if events.schema.has_feature("met"):
        found["MET"] = np.asarray(missing_energy(events), np.float64)
    if events.schema.has_object_feature("pt") and any(kind.jet for kind in events.schema.kinds):
        found["HT"] = np.asarray(scalar_sum(events), np.float64)
    return found | {mass: np.asarray(events.aux[mass], np.float64) for mass in masses if mass in events.aux}


def draw(request: Request) -> Figure:
    """Return one panel per observable and working point: all background in grey, what each entry selects as steps.

    Raises:
        MissingError: the events have none of the observables, or no working point is measured.
        DataError: the data set's events are not those that were scored.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries, left = request.chosen_entries(_MOST, scored=True)
    dataset = opened(request)
    runs = [request.runs_of(entry) for entry in entries]
    chosen = [background_of(dataset, some[0]) for some in runs]
    quantities = [observables(events, dataset.info.masses) for events in chosen]
    if not quantities[0]:
        msg = f"the events of {dataset.info.name} have neither MET nor HT, and the data set names no masses"
        raise MissingError(msg)
    points, lost = measured_points(runs[0][0], entries[0].score, request.efficiencies)
    size = (request.inches, 1.1 + 1.9 * len(points) + 0.15 * len(entries))
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(len(points), len(quantities[0]), squeeze=False)
    for row, efficiency in zip(grid, points, strict=True):
        passed = [
            mean_passing(some, entry.score, efficiency) * events.weights
            for entry, some, events in zip(entries, runs, chosen, strict=True)
        ]
        for panel, (name, everything) in zip(row, quantities[0].items(), strict=True):
            edges = _edges(everything, [mine[name] for mine in quantities], passed)
            whole, _ = shares(Scored(everything, np.asarray(chosen[0].weights, np.float64)), edges)
            panel.stairs(whole, edges, fill=True, color="0.85")
            for place, (mine, weights, events) in enumerate(zip(quantities, passed, chosen, strict=True)):
                share, error = shares(Scored(mine[name], weights, source_ids(events)), edges)
                panel.stairs(share, edges, color=colour(place), linewidth=1.1)
                shift = (place - 0.5 * (len(entries) - 1)) * 0.12
                middle = 0.5 * (edges[1:] + edges[:-1]) + shift * (edges[1] - edges[0])
                panel.errorbar(middle, share, error, fmt="none", ecolor=colour(place), elinewidth=0.6)
            panel.set_xlabel(_LABELS.get(name, f"{name} [GeV]"), parse_math=name in _LABELS)
            panel.set_xlim(edges[0], edges[-1])
            panel.set_ylim(bottom=0.0)
            panel.grid(visible=True)
            panel.set_title(rf"$\epsilon_B$ = {written(efficiency)}")
        row[0].set_ylabel("share of events per bin")
    blind = f"unmeasured, too little background: {', '.join(written(e) for e in lost)}" if lost else ""
    note = "each shape sums to 1, the last bin holds what lies beyond; bars: statistical errors"
    figure.suptitle(request.heading(note, seeds_line(runs), left, blind), parse_math=False, fontsize=8)
    lines = [Line2D([], [], color=colour(place), label=entry.name) for place, entry in enumerate(entries)]
    handles = [Patch(color="0.85", label="all test background"), *lines]
    legend_below(figure, handles, 1 if request.width == "single" else 3)
    return figure


def _edges(everything: Floats, values: Sequence[Floats], weights: Sequence[Floats]) -> Floats:
    """Return bin edges from the lowest event to where 1 % of the widest shape lies beyond.

    A tight cut may select the tail of all background alone, which would fill the last bin.
    """
    tops = [np.percentile(everything, 99.5)]
    for value, weight in zip(values, weights, strict=True):
        order = np.argsort(value, kind="stable")
        passed = np.cumsum(weight[order])
        if len(passed) and passed[-1] > 0.0:
            tops.append(value[order][np.searchsorted(passed, 0.99 * passed[-1])])
    return np.linspace(everything.min(), max(tops), _BINS + 1)
