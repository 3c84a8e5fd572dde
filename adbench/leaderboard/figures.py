"""Figures of a board, many at once; the same board gives the same bytes. matplotlib is imported when one is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from adbench.api.errors import UnknownNameError
from adbench.leaderboard.plots import KINDS, draw
from adbench.leaderboard.plots.request import Request
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.stored import readable_runs
from adbench.plotting import save_figure, styled
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["FIGURES", "USUAL", "draw_figures"]

FIGURES = tuple(name for name, kind in KINDS.items() if not kind.needs_more)
"""Figures that can be drawn from stored results alone."""

USUAL = ("boxes", "roc")
"""Those that ``adbench leaderboard --figures`` draws."""


def draw_figures(
    board: Board,
    results: ResultsFolder | Iterable[StoredRun],
    names: Iterable[str],
    out_dir: Path,
    formats: Sequence[str] = ("svg", "png"),
) -> list[Path]:
    """Draw figures into a folder and return the files written; those of a channel, one for each that has scores.

    Args:
        board: what to draw.
        results: the runs behind it.
        names: names of `FIGURES`.
        out_dir: the folder; made when it is not there.
        formats: ``svg``, ``png`` or both.

    Raises:
        UnknownNameError: there is no such figure.
        MissingError: matplotlib is not installed, the folder cannot be written, or there is nothing to draw.
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in FIGURES:
            raise UnknownNameError("figure", name, FIGURES)
    runs = tuple(readable_runs(results)[0])
    written = []
    with styled():
        for stem, request in (one for name in wanted for one in _requests(Request(name, board, runs))):
            figure = draw(request)
            place = out_dir / re.sub(r"[^\w.+-]", "_", stem)
            for path in (place.with_name(f"{place.name}.{kind}") for kind in formats):
                save_figure(figure, path, "Choose another folder with --figures")
                written.append(path)
    return written


def _requests(request: Request) -> Iterator[tuple[str, Request]]:
    """Yield a figure's request, or one for each channel, with the name of its file."""
    if not KINDS[request.kind].of_channel:
        yield request.kind, request
        return
    for channel in dict.fromkeys(channel for channel, _ in request.board.columns):
        one = replace(request, channel=channel)
        if any(one.runs_of(entry) for entry in request.board.entries):
            yield f"{request.kind}_{channel}", one
