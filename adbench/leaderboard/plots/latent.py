"""The coordinates that a detector gives to events: a latent space, before and behind a flow, or a space of losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError
from adbench.leaderboard.plots.request import Request, legend_below
from adbench.plotting import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from adbench.runs.store import StoredRun

__all__ = ["draw", "principal_axes"]

Points = NDArray[np.float64]
_MOST_SIGNALS = 3  # named ones are drawn however many they are
_MOST_POINTS = 400
_LABELS = (("coordinate 1", "coordinate 2"), ("principal component 1", "principal component 2"))


def principal_axes(points: Points) -> tuple[Points, Points]:
    """Return the mean, (d,), and the two directions of largest variance, (d, 2), each with its largest part positive.

    Source: Pearson, Philosophical Magazine 2 (1901) 559.
    """
    mean = points.mean(axis=0)
    _, _, rows = np.linalg.svd(points - mean, full_matrices=False)
    axes = rows[:2].T
    largest = np.abs(axes).argmax(axis=0)
    return mean, axes * np.sign(axes[largest, range(axes.shape[1])])


def draw(request: Request) -> Figure:
    """Return a row per space: its first two coordinates, and two principal components of test background.

    Of the first entry that has coordinates the lowest seed with them is drawn; of a semi-supervised one the view that
    scored the first signal, with the signals that it scored.

    Background is a density, signals are points. Axes and ranges come from background.

    Raises:
        MissingError: no run of the entry has stored coordinates of two dimensions or more.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    entries, _ = request.chosen_entries(len(request.board.entries), scored=True)
    known = request.chosen_signals()
    by_seed = (
        (entry, run)
        for entry in entries
        for run in sorted(request.runs_of(entry), key=lambda run: run.record.identity.seed)
    )
    first = next(((entry, run, spaces) for entry, run in by_seed if (spaces := _spaces(run, known))), None)
    if first is None:
        msg = "no entry here has stored coordinates; a detector gives them with its method `coordinates`, and "
        raise MissingError(msg + "runs with folds do not keep them: adbench run -d NAME")
    entry, run, spaces = first
    placed = [signal for signal in known if any(signal in view.signals for view in spaces.values())]
    signals = placed if request.signals else placed[:_MOST_SIGNALS]
    colours = {signal: colour(place) for place, signal in enumerate(signals)}
    figure = Figure(figsize=(request.inches, 0.8 + 2.6 * len(spaces) * request.inches / 7), layout="constrained")
    panels = figure.subplots(len(spaces), 2, squeeze=False)
    for row, (space, view) in zip(panels, spaces.items(), strict=True):
        mean, axes = principal_axes(view.background)
        points = {signal: view.signals[signal] for signal in signals if signal in view.signals}
        two = view.background[:, :2], {signal: values[:, :2] for signal, values in points.items()}
        turned = {signal: (values - mean) @ axes for signal, values in points.items()}
        components = (view.background - mean) @ axes, turned
        for panel, (grey, dots), labels in zip(row, (two, components), _LABELS, strict=True):
            _panel(panel, grey, [(values, colours[signal]) for signal, values in dots.items()])
            panel.set(xlabel=labels[0], ylabel=labels[1])
            panel.set_title(space, parse_math=False)
    more = f"the first {len(signals)} of {len(placed)} signals" if len(signals) < len(placed) else ""
    apart = [signal for signal in known if signal not in placed]
    views = f"scored by another view than {known[0]}, or without coordinates: {', '.join(apart)}" if apart else ""
    seed = f"{entry.name}, seed {run.record.identity.seed}; grey: density of test background"
    lost = "points beyond the frame, which holds 99 % of background in each direction, are on its edge"
    figure.suptitle(request.heading(seed, lost, more, views), parse_math=False, fontsize=8)
    handles = [Line2D([], [], linestyle="none", marker=".", color=hue, label=name) for name, hue in colours.items()]
    legend_below(figure, handles, 1 if request.width == "single" else 3)
    return figure


class _View(NamedTuple):
    """What one view of a detector sees of a space, float64 (n, d) each: test background, and signals by name."""

    background: Points
    signals: dict[str, Points]


def _spaces(run: StoredRun, signals: Sequence[str]) -> dict[str, _View]:
    """Return a run's spaces of two dimensions or more, as the view sees them that scored the first signal.

    A semi-supervised detector scores each signal without the priors of its family, and a coordinate may be a loss to
    one prior: then another view has other axes, and its signals have no place among these.
    """
    path = run.folder / "coordinates.npz"
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        content = {name: np.asarray(stored[name], np.float64) for name in stored.files}
    spaces = {}
    for whole, seen in content.items():
        sample, _, space = whole.partition("|")
        if sample != "background":
            continue
        behind = {signal: content.get(f"target/{signal}/background|{space}", seen) for signal in signals}
        background = behind[signals[0]]
        inside = {
            signal: content[name]
            for signal in signals
            if (name := f"signal/{signal}|{space}") in content and np.array_equal(behind[signal], background)
        }
        if background.shape[1] >= 2:
            spaces[space] = _View(background, inside)
    return spaces


def _panel(panel: Axes, background: Points, signals: Sequence[tuple[Points, str]]) -> None:
    low, high = np.percentile(background, [0.5, 99.5], axis=0)
    margin = 0.05 * np.maximum(high - low, 1e-9)
    low, high = low - margin, high + margin
    counts, x, y = np.histogram2d(background[:, 0], background[:, 1], bins=50, range=np.stack([low, high], axis=1))
    panel.pcolormesh(x, y, np.log1p(counts.T), cmap="Greys", rasterized=True)
    for points, hue in signals:
        shown = np.clip(points[:_MOST_POINTS], low, high)
        panel.plot(*shown.T, ".", markersize=2, color=hue, alpha=0.6)
    panel.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
