"""The look of all figures: sizes in inches for print, colours that the colour-blind tell apart, byte-stable files.

matplotlib is imported when something is drawn.
"""

from __future__ import annotations

import contextlib
import io
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adbench.api.errors import MissingError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "GREY", "MARKERS", "WIDTHS", "colour", "marker", "save_figure", "styled", "wrapped"]

WIDTHS = {"single": 3.4, "double": 7.0}
"""Widths of a figure in inches: one or two columns of a journal's page."""

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8C6D1F", "#000000")
"""The palette of Okabe and Ito, its yellow darkened so that thin lines show on white."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Markers beside the colours: a grey print stays readable."""

GREY = "0.65"

_STYLE: Any = {
    "svg.hashsalt": "adbench",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7.5,
    "legend.fontsize": 7.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "axes.linewidth": 0.6,
    "axes.axisbelow": True,
    "grid.linewidth": 0.4,
    "grid.color": "0.88",
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "figure.dpi": 100.0,
    "savefig.dpi": 300.0,
}


def colour(place: int) -> str:
    """Return the colour of a place among what is drawn; there may be more of them than colours."""
    return COLOURS[place % len(COLOURS)]


def marker(place: int) -> str:
    """Return the marker of a place; where colours come again, another one goes with each."""
    return MARKERS[(place + place // len(MARKERS)) % len(MARKERS)]


def wrapped(lines: Iterable[str], inches: float, per_inch: int = 16) -> str:
    """Return lines of a title, broken where a figure ends.

    Args:
        lines: each begins a new one; words are not broken.
        inches: width of the figure.
        per_inch: characters of that size of type; 16 at 8 points.
    """
    room = int(per_inch * inches)
    return "\n".join(part for line in lines for part in textwrap.wrap(line, room, break_long_words=False))


@contextlib.contextmanager
def styled(style: Any = _STYLE) -> Iterator[None]:
    """Draw in the house's style, or another one, whatever the user's own settings are.

    Raises:
        MissingError: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        msg = "figures need matplotlib: pip install matplotlib"
        raise MissingError(msg) from error
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(style)
        yield


def save_figure(figure: Figure, path: Path, remedy: str = "Choose another place with --out") -> None:
    """Write a figure as SVG or PNG, whole or not at all; the same figure gives the same bytes.

    Raises:
        MissingError: the file cannot be written.
    """
    from adbench.data.cache import write_atomically

    metadata: dict[str, None] = {"Date": None} if path.suffix == ".svg" else {"Software": None}
    content = io.BytesIO()
    figure.savefig(content, format=path.suffix.removeprefix("."), metadata=metadata)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.getvalue())
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}. {remedy}"
        raise MissingError(msg) from error
