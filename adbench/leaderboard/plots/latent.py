"""The coordinates that a detector gives to events: a latent space, before and behind a flow, or a space of losses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError
from adbench.leaderboard.plots.request import Request, legend_below
from adbench.plotting import COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from adbench.runs.store import StoredRun

__all__ = ["draw", "principal_axes"]

Points = NDArray[np.float64]
_MOST_SIGNALS = 3
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

    Of the first entry that has coordinates the lowest seed with them is drawn.

    Background is a density, signals are points. Axes and ranges come from background.

    Raises:
        MissingError: no run of the entry has stored coordinates of two dimensions or more.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    entries, _ = request.chosen_entries(len(request.board.entries), scored=True)
    by_seed = (
        (entry, run)
        for entry in entries
        for run in sorted(request.runs_of(entry), key=lambda run: run.record.identity.seed)
    )
    first = next(((entry, run, spaces) for entry, run in by_seed if (spaces := _spaces(run))), None)
    if first is None:
        msg = "no entry here has stored coordinates; a detector gives them with its method `coordinates`, and "
        raise MissingError(msg + "runs with folds do not keep them: adbench run -d NAME")
    entry, run, spaces = first
    with np.load(run.folder / "coordinates.npz") as stored:
        content = {name: np.asarray(stored[name], np.float64) for name in stored.files}
    signals = request.chosen_signals()[:_MOST_SIGNALS]
    figure = Figure(figsize=(request.inches, 0.8 + 2.6 * len(spaces) * request.inches / 7), layout="constrained")
    panels = figure.subplots(len(spaces), 2, squeeze=False)
    for row, space in zip(panels, spaces, strict=True):
        background = content[f"background|{space}"]
        mean, axes = principal_axes(background)
        points = {"background": background, **_of_signals(content, space, signals)}
        two = {name: values[:, :2] for name, values in points.items()}
        components = {name: (values - mean) @ axes for name, values in points.items()}
        for panel, shown, labels in zip(row, (two, components), _LABELS, strict=True):
            _panel(panel, shown.pop("background"), shown)
            panel.set(xlabel=labels[0], ylabel=labels[1])
            panel.set_title(space, parse_math=False)
    all_signals = len(request.chosen_signals())
    more = f"the first {len(signals)} of {all_signals} signals" if len(signals) < all_signals else ""
    seed = f"{entry.name}, seed {run.record.identity.seed}; grey: density of test background"
    lost = "points beyond the frame, which holds 99 % of background in each direction, are on its edge"
    figure.suptitle(request.heading(seed, lost, more), parse_math=False, fontsize=8)
    dots = [
        Line2D([], [], linestyle="none", marker=".", color=COLOURS[place], label=signal)
        for place, signal in enumerate(signals)
    ]
    legend_below(figure, dots, 1 if request.width == "single" else 3)
    return figure


def _spaces(run: StoredRun) -> list[str]:
    """Return the names of a run's spaces of two dimensions or more."""
    path = run.folder / "coordinates.npz"
    if not path.exists():
        return []
    with np.load(path) as stored:
        names = [name.removeprefix("background|") for name in stored.files if name.startswith("background|")]
        return [name for name in names if stored[f"background|{name}"].shape[1] >= 2]


def _of_signals(content: Mapping[str, Points], space: str, signals: tuple[str, ...]) -> dict[str, Points]:
    stored = {signal: content.get(f"signal/{signal}|{space}") for signal in signals}
    return {signal: points for signal, points in stored.items() if points is not None}


def _panel(panel: object, background: Points, signals: Mapping[str, Points]) -> None:
    low, high = np.percentile(background, [0.5, 99.5], axis=0)
    margin = 0.05 * np.maximum(high - low, 1e-9)
    low, high = low - margin, high + margin
    counts, x, y = np.histogram2d(background[:, 0], background[:, 1], bins=50, range=np.stack([low, high], axis=1))
    panel.pcolormesh(x, y, np.log1p(counts.T), cmap="Greys", rasterized=True)  # type: ignore[attr-defined]
    for place, points in enumerate(signals.values()):
        shown = np.clip(points[:_MOST_POINTS], low, high)
        panel.plot(*shown.T, ".", markersize=2, color=COLOURS[place], alpha=0.6)  # type: ignore[attr-defined]
    panel.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))  # type: ignore[attr-defined]
