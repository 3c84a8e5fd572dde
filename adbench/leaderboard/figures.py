"""Figures of a board, by name; the same board gives the same bytes. matplotlib is imported when one is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adbench.api.errors import UnknownNameError
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.stored import readable_runs
from adbench.plotting import save_figure, styled
from adbench.runs.store import ResultsFolder, StoredRun

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FIGURES", "draw_figures"]

Runs = ResultsFolder | Iterable[StoredRun]
Drawing = Callable[[Board, Runs], Iterator[tuple[str, "Figure"]]]


def _boxes(board: Board, results: Runs) -> Iterator[tuple[str, Figure]]:
    from adbench.leaderboard.boxes import draw_boxes

    yield "boxes", draw_boxes(board)


def _roc(board: Board, results: Runs) -> Iterator[tuple[str, Figure]]:
    from adbench.leaderboard.curves import draw_roc

    runs, _ = readable_runs(results)
    for channel in dict.fromkeys(channel for channel, _ in board.columns):
        yield f"roc_{channel}", draw_roc(board, runs, channel)


FIGURES: dict[str, Drawing] = {"boxes": _boxes, "roc": _roc}
"""Figures that can be drawn: ``boxes`` compares entries over their cells, ``roc`` shows every signal of a channel."""

_STYLE: Any = {
    "svg.hashsalt": "adbench",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.linewidth": 0.6,
    "figure.dpi": 100.0,
    "savefig.dpi": 200.0,
}


def draw_figures(
    board: Board,
    results: Runs,
    names: Iterable[str],
    out_dir: Path,
    formats: Sequence[str] = ("svg", "png"),
) -> list[Path]:
    """Draw figures into a folder and return the files written.

    Args:
        board: what to draw.
        results: the runs behind it.
        names: names of `FIGURES`.
        out_dir: the folder; made when it is not there.
        formats: ``svg``, ``png`` or both.

    Raises:
        UnknownNameError: there is no such figure.
        MissingError: matplotlib is not installed, or the folder cannot be written.
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in FIGURES:
            raise UnknownNameError("figure", name, FIGURES)
    written = []
    with styled(_STYLE):
        for name in wanted:
            for stem, figure in FIGURES[name](board, results):
                place = out_dir / re.sub(r"[^\w.+-]", "_", stem)
                for path in (place.with_name(f"{place.name}.{kind}") for kind in formats):
                    save_figure(figure, path, "Choose another folder with --figures")
                    written.append(path)
    return written
