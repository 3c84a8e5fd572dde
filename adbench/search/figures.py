"""Three figures of a search: the plane of losses, p-values against mass, and the fits with their pulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adbench.plotting import COLOURS, GREY, WIDTHS
from adbench.search.combine import probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from adbench.search.events import Searched
    from adbench.search.report import Search

__all__ = ["FIGURES", "draw_fits", "draw_p_values", "draw_plane"]

_LARGEST = 6  # categories whose fits are drawn: those with the largest excess
_SIGMA = (1, 2, 3, 4, 5)


def draw_plane(found: Search, events: Searched) -> Figure:
    """Return the events in the plane of background and signal loss, with the categories; a histogram of a score."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTHS["single"], 3.0), layout="constrained")
    panel = figure.subplots()
    x, low, high = events.background, *np.quantile(events.background, [0.001, 0.999])
    if events.signal is None:
        panel.hist(np.clip(x, low, high), bins=60, color=GREY)
        panel.axvline(found.threshold, color=COLOURS[3])
        panel.set(xlabel=str(events.axes), ylabel="events", yscale="log")
        return figure
    bottom, top = np.quantile(events.signal, [0.001, 0.999])
    counts, xs, ys = np.histogram2d(x, events.signal, bins=70, range=[[low, high], [bottom, top]])
    panel.pcolormesh(xs, ys, np.log1p(counts.T), cmap="Greys", rasterized=True)
    panel.plot(*_inside(events, events.injected, low, high), ".", markersize=2, color=COLOURS[1])
    ends = found.boundaries
    if ends is not None:
        sides = [found.threshold, *ends.background, high]
        for k, between in enumerate(ends.signal):
            panel.hlines(between, sides[k], sides[k + 1], color=COLOURS[3], linewidth=0.8)
        panel.vlines(sides[:-1], bottom, top, color=COLOURS[3], linewidth=0.8)
    panel.set(xlim=(low, high), ylim=(bottom, top))
    panel.set(xlabel="background loss", ylabel="smallest signal loss")
    return figure


def draw_p_values(found: Search, events: Searched) -> Figure:
    """Return the local p-value at each mass: of all categories together, and of each."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTHS["single"], 3.0), layout="constrained")
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
    return figure


def draw_fits(found: Search, events: Searched) -> Figure:
    """Return the spectra with the largest excess at the best mass: data, fits and pulls against background alone."""
    from matplotlib.figure import Figure

    best, scan = found.best, found.scan
    chosen = np.sort(np.argsort(-scan.z[:, best], kind="stable")[:_LARGEST])
    columns = min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    figure = Figure(figsize=(WIDTHS["double"], 2.3 * rows), layout="constrained")
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
    figure.supxlabel("mass [GeV]", fontsize=7.5)
    return figure


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
    upper.stairs(alone, ends, color=GREY, linestyle="--", label="background alone")
    upper.stairs(below, ends, color=COLOURS[0], label="background")
    upper.stairs(total, ends, color=COLOURS[3], label="with resonance")
    upper.errorbar(middles, seen, np.sqrt(np.maximum(seen, 1.0)), fmt="k.", markersize=3, linewidth=0.6)
    upper.set(yscale="log", ylim=(0.5, 3.0 * max(seen.max(), 1.0)))
    upper.set_title(f"category {category + 1}: {found.scan.z[category, best]:+.1f} sigma", fontsize=7)
    pulls = (seen - alone) / np.sqrt(np.maximum(alone, 1e-9))
    lower.stairs(np.clip(pulls, -5.0, 5.0), ends, color=GREY, fill=True)
    lower.axvline(found.spectrum.masses[best], color=COLOURS[3], linewidth=0.6)
    lower.set(ylim=(-5.0, 5.0))


def _inside(events: Searched, chosen: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    signal = np.zeros(len(events)) if events.signal is None else events.signal
    return np.clip(events.background[chosen], low, high), signal[chosen]


FIGURES = {"plane": draw_plane, "p_values": draw_p_values, "fits": draw_fits}
