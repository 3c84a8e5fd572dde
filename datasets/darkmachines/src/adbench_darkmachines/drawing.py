"""The picture of a channel: every observable, background stacked by process, signals as lines, other data as points."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adbench_darkmachines.card import SCHEMA
from adbench_darkmachines.spectra import SPECTRA, Observed, Spectrum

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Picture", "draw", "weight_in_bins"]

Floats = NDArray[np.float64]
_NAMED = 5  # processes with a colour of their own; the rest is "other"
_BINS = 32
_ALMOST_ALL = 0.995  # axes end at this quantile: the last bin holds what is beyond
_ACROSS = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn.

    Attributes:
        title: data set, edition, channel.
        background: all background events.
        signals: by name.
        against: title and background of other data, drawn as points.
    """

    title: str
    background: Observed
    signals: Mapping[str, Observed] = field(default_factory=dict)
    against: tuple[str, Observed] | None = None


def draw(picture: Picture) -> Figure:
    """Draw one panel per observable that at least one event has; every histogram has unit area."""
    from matplotlib.figure import Figure

    from adbench.plotting import WIDTHS

    shown = [spectrum for spectrum in SPECTRA if not np.isnan(picture.background.values[spectrum.name]).all()]
    down = -(-len(shown) // _ACROSS)
    figure = Figure(figsize=(WIDTHS["double"], 1.75 * down + 0.9), layout="constrained")
    grid = figure.subplots(down, _ACROSS, squeeze=False)
    stack = _stack(picture.background)
    for axes, spectrum in zip(grid.flat, shown, strict=False):
        _panel(axes, spectrum, picture, stack)
    for axes in list(grid.flat)[len(shown) :]:
        axes.set_axis_off()
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    figure.suptitle(picture.title, fontsize=8.5)
    return figure


def _stack(background: Observed) -> dict[str, NDArray[np.bool_]]:
    """Return the events of each layer, the process of most weight first, rare ones together as "other"."""
    names, process = np.array(SCHEMA.processes), background.process
    codes, place = np.unique(process, return_inverse=True)
    order = codes[np.argsort(-np.bincount(place, background.weights), kind="stable")]
    layers = {str(names[code]): process == code for code in order[:_NAMED]}
    rest = np.isin(process, order[_NAMED:])
    return layers | ({"other processes": rest} if rest.any() else {})


def _edges(spectrum: Spectrum, samples: Sequence[Floats]) -> Floats:
    together = [values[~np.isnan(values)] for values in samples]
    top = max(float(np.quantile(values, _ALMOST_ALL)) for values in together if len(values))
    if spectrum.counted:
        return np.arange(-0.5, max(top, 1.0) + 1.0)
    low = min(float(values.min()) for values in together if len(values))
    return np.linspace(low, max(top, low + 1e-3), _BINS + 1)


def _panel(axes: Axes, spectrum: Spectrum, picture: Picture, stack: Mapping[str, NDArray[np.bool_]]) -> None:
    import pandas as pd
    import seaborn as sns

    from adbench.plotting import COLOURS, GREY

    background = picture.background
    every = [background, *picture.signals.values(), *([] if picture.against is None else [picture.against[1]])]
    edges = _edges(spectrum, [sample.values[spectrum.name] for sample in every])
    centres, width = 0.5 * (edges[1:] + edges[:-1]), float(edges[1] - edges[0])
    colours = dict(zip(stack, (*COLOURS[:_NAMED], GREY), strict=False))

    counts = {name: weight_in_bins(background, spectrum, edges, chosen)[0] for name, chosen in stack.items()}
    total, error = weight_in_bins(background, spectrum, edges)
    scale = 1.0 / max(float(total.sum()) * width, 1e-12)
    table = pd.DataFrame(
        {
            "x": np.tile(centres, len(counts)),
            "weight": np.concatenate([n * scale for n in counts.values()]),
            "process": np.repeat(list(counts), len(centres)),
        }
    )
    sns.histplot(
        table, x="x", weights="weight", hue="process", palette=colours, multiple="stack", bins=list(edges), ax=axes,
        linewidth=0.0, alpha=0.75, legend=False,
    )  # fmt: skip
    for name, colour in colours.items():
        axes.bar(centres[:1], [0.0], color=colour, alpha=0.75, label=name)
    up, down = (total + error) * scale, (total - error) * scale
    axes.stairs(
        up, edges, baseline=down, fill=True, facecolor="none", edgecolor="black", hatch="//////", linewidth=0.0,
        label="statistical error",
    )  # fmt: skip
    styles = ("-", "--", ":", "-.")
    for k, (name, signal) in enumerate(picture.signals.items()):
        n, _ = weight_in_bins(signal, spectrum, edges)
        line: Any = {"color": COLOURS[(k + 3) % len(COLOURS)], "linestyle": styles[k % len(styles)]}
        axes.stairs(n / max(n.sum() * width, 1e-12), edges, label=textwrap.shorten(name, 30), linewidth=1.1, **line)
    if picture.against is not None:
        n, spread = weight_in_bins(picture.against[1], spectrum, edges)
        norm = max(n.sum() * width, 1e-12)
        drawn = n > 0
        axes.errorbar(
            centres[drawn], n[drawn] / norm, spread[drawn] / norm, fmt="ko", markersize=2.2, linewidth=0.7,
            label=picture.against[0],
        )  # fmt: skip
    axes.set_yscale("log")
    floor = 0.3 * scale * float(background.weights.min(initial=1.0)) if total.any() else 1e-6
    axes.set_ylim(bottom=floor)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel(spectrum.label)
    axes.set_ylabel("share of events" if spectrum.counted else "density")


def weight_in_bins(
    sample: Observed, spectrum: Spectrum, edges: Floats, chosen: NDArray[np.bool_] | None = None
) -> tuple[Floats, Floats]:
    """Return the weight in each bin and its error, sqrt(sum w^2); the last bin holds what is beyond it too."""
    values, weights = sample.values[spectrum.name], sample.weights
    there = ~np.isnan(values) if chosen is None else chosen & ~np.isnan(values)
    inside = np.minimum(values[there], np.nextafter(edges[-1], edges[0]))
    summed, squared = (np.histogram(inside, edges, weights=weights[there] ** power)[0] for power in (1, 2))
    return summed.astype(np.float64), np.sqrt(squared)
