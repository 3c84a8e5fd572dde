"""Three figures of a search: the plane of losses, p-values against mass, and the fits with their pulls.

Each says in its title what was searched, by which detector and at which mass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from adbench.plotting import COLOURS, GREY, WIDTHS, wrapped
from adbench.search.combine import probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from adbench.search.events import Searched
    from adbench.search.report import Search

__all__ = ["FIGURES", "draw_fits", "draw_p_values", "draw_plane"]

_LARGEST = 6  # categories whose fits are drawn: those with the largest excess
_SIGMA = (1, 2, 3, 4, 5)

About = Mapping[str, Any]
"""What was searched, as in `search.json`: its dataset, channel, entry, events, variable and axes."""


def draw_plane(found: Search, events: Searched, about: About) -> Figure:
    """Return the events in the plane of background and signal loss, with the categories; a histogram of a score."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    figure = Figure(figsize=(WIDTHS["single"], 3.4), layout="constrained")
    panel = figure.subplots()
    x, low, high = events.background, *np.quantile(events.background, [0.001, 0.999])
    chosen: dict[str, Any] = {"color": COLOURS[3], "linestyle": "--", "linewidth": 1.0}
    kept = f"preselection of {100 * found.settings.keep:.3g} %"
    handles: list[Any] = [Patch(color=GREY, label=str(about["events"])), Line2D([], [], label=kept, **chosen)]
    if events.signal is None:
        panel.hist(np.clip(x, low, high), bins=60, color=GREY)
        panel.axvline(found.threshold, **chosen)
        panel.set(xlabel=f"score {events.axes}", ylabel="events", yscale="log")
    else:
        bottom, top = np.quantile(events.signal, [0.001, 0.999])
        counts, xs, ys = np.histogram2d(x, events.signal, bins=70, range=[[low, high], [bottom, top]])
        panel.pcolormesh(xs, ys, np.log1p(counts.T), cmap="Greys", rasterized=True)
        if events.injected.any():
            dots: dict[str, Any] = {"linestyle": "none", "marker": ".", "markersize": 2, "color": COLOURS[1]}
            panel.plot(*_inside(events, events.injected, low, high), **dots)
            handles.append(Line2D([], [], label="injected signal", **dots))
        panel.vlines(found.threshold, bottom, top, **chosen)
        ends = found.boundaries
        if ends is not None and found.settings.layout.number > 1:
            sides = [found.threshold, *ends.background, high]
            for k, between in enumerate(ends.signal):
                panel.hlines(between, sides[k], sides[k + 1], color=COLOURS[0], linewidth=0.8)
            panel.vlines(ends.background, bottom, top, color=COLOURS[0], linewidth=0.8)
            handles.append(Line2D([], [], color=COLOURS[0], linewidth=0.8, label="boundaries of categories"))
        panel.set(xlim=(low, high), ylim=(bottom, top))
        panel.set(xlabel="background loss", ylabel="smallest signal loss")
    span = f"{found.settings.low:,.0f} to {found.settings.high:,.0f} GeV"
    _title(figure, about, f"{_categories(found)} of {about['variable']} from {span}")
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


def draw_p_values(found: Search, events: Searched, about: About) -> Figure:
    """Return the local p-value at each mass: of all categories together, and of each."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTHS["single"], 3.2), layout="constrained")
    panel = figure.subplots()
    masses = found.spectrum.masses
    panel.plot(masses, probability(found.scan.z).T, color=GREY, linewidth=0.5)
    for colour, (how, z) in zip(COLOURS, found.curves.items(), strict=False):
        panel.plot(masses, probability(z), color=colour, label=how)
    lowest = min(
        float(probability(np.array(5.2))), 0.3 * min(float(probability(z).min()) for z in found.curves.values())
    )
    for sigma in _SIGMA:
        level = float(probability(np.array(float(sigma))))
        panel.axhline(level, color="0.85", linewidth=0.5, zorder=0)
        panel.annotate(rf"{sigma}$\sigma$", (masses[-1], level), fontsize=6, va="bottom", ha="right")
    panel.plot([], [], color=GREY, linewidth=0.5, label="each category")
    panel.set(yscale="log", ylim=(lowest, 1.0), xlabel="mass of the resonance [GeV]", ylabel="local p-value")
    panel.legend(loc="lower left")
    _title(figure, about, f"{_categories(found)}; lowest by {found.settings.combine} at {_best_mass(found, about)}")
    return figure


def draw_fits(found: Search, events: Searched, about: About) -> Figure:
    """Return the spectra with the largest excess at the best mass: data, fits and pulls against background alone."""
    from matplotlib.figure import Figure

    best, scan = found.best, found.scan
    chosen = np.sort(np.argsort(-scan.z[:, best], kind="stable")[:_LARGEST])
    columns = 2 if len(chosen) == 4 else min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    figure = Figure(figsize=(WIDTHS["double"], 2.3 * rows + 0.8), layout="constrained")
    panels = figure.subplots(2 * rows, columns, squeeze=False, sharex=True, height_ratios=[3, 1] * rows)
    for place, category in enumerate(chosen):
        row, column = divmod(place, columns)
        _fit(panels[2 * row][column], panels[2 * row + 1][column], found, int(category))
        if column == 0:
            panels[2 * row][0].set_ylabel("events")
            panels[2 * row + 1][0].set_ylabel("pull")
    for place in range(len(chosen), rows * columns):
        row, column = divmod(place, columns)
        panels[2 * row][column].set_axis_off()
        panels[2 * row + 1][column].set_axis_off()
    for place in range(len(chosen) - columns, len(chosen)):  # the lowest panel of each column
        lowest = panels[2 * (place // columns) + 1][place % columns]
        lowest.tick_params(labelbottom=True)
        lowest.set_xlabel(f"{about['variable']} [GeV]", parse_math=False)
    shown = _categories(found)
    if len(chosen) < len(found.counts):
        shown = f"the {len(chosen)} of {shown} with the largest excess"
    _title(figure, about, f"fits at {_best_mass(found, about)}: {shown}")
    handles = [handle for panel in (panels[0][0], panels[1][0]) for handle in panel.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _title(figure: Figure, about: About, line: str) -> None:
    """Write what was searched and a line about this figure, broken where the figure ends; names as they are."""
    axes = f" ({about['axes']})" if about["axes"] else ""
    parts = (f"{about['dataset']}", f"channel {about['channel']}", f"{about['entry']}{axes}", f"{about['events']}")
    searched = "\u00a0· ".join(part.replace(" ", "\u00a0") for part in parts)  # broken between parts only
    title = wrapped((searched, line), figure.get_figwidth(), per_inch=18).replace("\u00a0·\n", "\n")
    figure.suptitle(title, parse_math=False, fontsize=7)


def _categories(found: Search) -> str:
    """Return how many categories there are, in words."""
    return "1 category" if len(found.counts) == 1 else f"{len(found.counts)} categories"


def _best_mass(found: Search, about: About) -> str:
    """Return the mass with the largest excess, in words."""
    return f"{about['variable']} = {found.spectrum.masses[found.best]:,.0f} GeV"


def _fit(upper: Axes, lower: Axes, found: Search, category: int) -> None:
    """Draw one category, its bins joined in fours so that a reader sees a spectrum."""
    from adbench.search.fit import fit

    edges, counts, best = found.spectrum.edges, found.counts[category], found.best
    design = found.spectrum.designs[best]
    starts = np.arange(0, len(counts), 4)
    ends = np.append(edges[starts], edges[-1])
    both = fit(counts[None], design)
    alone, seen = (np.add.reduceat(one, starts) for one in (found.scan.background.expected[category], counts))
    total = np.add.reduceat(both.expected[0], starts)
    below = np.add.reduceat((both.expected - both.coefficients[:, -1:] @ design.resonance)[0], starts)
    middles = 0.5 * (ends[:-1] + ends[1:])
    upper.stairs(alone, ends, color=GREY, linestyle="--", label="fit of background alone")
    upper.stairs(below, ends, color=COLOURS[0], label="its background")
    upper.stairs(total, ends, color=COLOURS[3], label="fit with a resonance")
    upper.errorbar(middles, seen, np.sqrt(np.maximum(seen, 1.0)), fmt="k.", markersize=3, linewidth=0.6, label="data")
    upper.set(yscale="log", ylim=(0.5, 3.0 * max(seen.max(), 1.0)))
    upper.set_title(f"category {category + 1}: {found.scan.z[category, best]:+.1f} sigma", fontsize=7)
    pulls = (seen - alone) / np.sqrt(np.maximum(alone, 1e-9))
    lower.stairs(np.clip(pulls, -5.0, 5.0), ends, color=GREY, fill=True, label="pull against background alone")
    lower.axvline(found.spectrum.masses[best], color=COLOURS[3], linewidth=0.6, label="mass of the resonance")
    lower.set(ylim=(-5.0, 5.0))


def _inside(events: Searched, chosen: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    signal = np.zeros(len(events)) if events.signal is None else events.signal
    return np.clip(events.background[chosen], low, high), signal[chosen]


FIGURES = {"plane": draw_plane, "p_values": draw_p_values, "fits": draw_fits}
