"""What the leaderboard page shows of one board, as compact columns of integers: figures, ranks, details.

Every rank is computed here, by the same functions as on the terminal; the page sorts and filters rows, ranks nothing.
Figures are integers in units of 1e-5; None where there is none.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from adbench.api.metric import Metric
from adbench.api.ranking import Ranking
from adbench.leaderboard.entries import Cell, Column, Entry, Standing
from adbench.leaderboard.page_details import details
from adbench.leaderboard.published_entries import PUBLISHED
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.standings import stand
from adbench.rankings.plugin import SIX_RANKINGS, TOTAL_IMPROVEMENTS
from adbench.registry import catalogue
from adbench.runs.store import StoredRun

__all__ = ["SCALE", "board_data", "scaled"]

SCALE = 100_000

_INTERVAL = (
    "Grey: the 68 % interval of the figure of merit, with all of a detector's cells at their lower or upper ends at "
    "once. adbench leaderboard --statistics prints those of the ranks, and of figures with the signals drawn again too."
)
_NO_INTERVAL = "No intervals: none were published."


def scaled(value: float) -> int | None:
    """Return a figure in units of 1e-5; None for NaN and infinity."""
    return round(value * SCALE) if math.isfinite(value) else None


def board_data(board: Board, runs: Iterable[StoredRun], warning: str = "") -> dict[str, Any]:
    """Return all that the page shows of a board.

    Args:
        board: entries with their cells; its own ranking does not matter.
        runs: the stored runs, for curves, parameters and versions of our entries.
        warning: why its figures may not be compared with those of other boards of the page; empty = they may.
    """
    entries = sorted(board.entries, key=lambda entry: entry.name)
    methods = [catalogue().ranking(name) for name in (*SIX_RANKINGS, *TOTAL_IMPROVEMENTS)]
    metrics = [metric for metric in board.metrics if any(_has(entry, metric) for entry in entries)]
    notes: dict[str, int] = {"": 0}
    return {
        "title": _title(board),
        "interval": _INTERVAL if any(entry.seeds for entry in entries) else _NO_INTERVAL,
        "split": board.split,
        "warning": warning,
        "notes": list(board.notes),
        "dataNotes": list(board.data_notes),
        "channels": list(board.channels),
        "columns": [list(column) for column in board.columns],
        "metrics": [{"name": m.name, "label": m.label, "higher": m.higher_is_better} for m in metrics],
        "rankings": [
            {"name": m.name, "label": m.label, "higher": m.higher_is_better, "figure": m.figure} for m in methods
        ],
        "entries": [_entry(entry, board) for entry in entries],
        "cells": {metric.name: _cells(entries, board.columns, metric, notes) for metric in metrics},
        "cellNotes": list(notes),
        "standings": {
            channel: {m.name: _standings(board, entries, channel, m, methods) for m in metrics}
            for channel in ("all", *board.channels)
        },
        "details": details(board, entries, list(runs)),
    }


def _title(board: Board) -> str:
    if all(entry.source == PUBLISHED for entry in board.entries):
        return f"published · {board.edition}"
    return f"{board.dataset} · {board.edition}"


def _has(entry: Entry, metric: Metric) -> bool:
    return any(not math.isnan(figures[metric.name].value) for figures in entry.cells.values())


def _entry(entry: Entry, board: Board) -> dict[str, Any]:
    values = {
        "name": entry.name,
        "family": entry.family,
        "source": entry.source,
        "supervision": entry.supervision,
        "have": round(entry.coverage * len(board.columns)),
        "fit": scaled(entry.fit_seconds),
        "seeds": list(entry.seeds),
        "flags": list(entry.flags),
        "twin": entry.twin_of,
        "citation": entry.citation,
        "gaps": [[gap.channel, list(gap.seeds), gap.reason] for gap in entry.gaps],
    }
    return {name: value for name, value in values.items() if value not in ("", [], None)}


def _cells(entries: Sequence[Entry], columns: Sequence[Column], metric: Metric, notes: dict[str, int]) -> Any:
    """Return figures entry by entry, intervals of those that have some, and notes: the usual one, and the others."""
    rows = [[entry.cells[column][metric.name] for column in columns] for entry in entries]
    usual = [Counter(_note(row[j]) for row in rows).most_common(1)[0][0] for j in range(len(columns))]
    return {
        "value": [[scaled(cell.value) for cell in row] for row in rows],
        "interval": {
            i: [[scaled(cell.low), scaled(cell.high)] for cell in row]
            for i, row in enumerate(rows)
            if any(math.isfinite(cell.low) for cell in row)
        },
        "note": [notes.setdefault(text, len(notes)) for text in usual],
        "other": {
            f"{i},{j}": notes.setdefault(_note(cell), len(notes))
            for i, row in enumerate(rows)
            for j, cell in enumerate(row)
            if _note(cell) != usual[j]
        },
    }


def _note(cell: Cell) -> str:
    """Return what is special about a cell; the mark of interrogation in front says that it is not measured."""
    return cell.note if cell.measured else f"?{cell.note}"


def _standings(
    board: Board, entries: Sequence[Entry], channel: str, metric: Metric, methods: Sequence[Ranking]
) -> dict[str, Any]:
    columns = [column for column in board.ranked[metric.name] if channel in ("all", column[0])]
    found: dict[str, Any] = {}
    for method in methods:
        if method.figure in ("", metric.name) and columns:
            standing = stand(entries, columns, metric, method)
            found[method.name] = _columns([standing[entry.name] for entry in entries])
    return found


def _columns(standings: Sequence[Standing]) -> dict[str, Any]:
    return {
        "rank": [standing.rank for standing in standings],
        "value": [scaled(standing.value) for standing in standings],
        "interval": {
            i: [scaled(standing.low), scaled(standing.high)]
            for i, standing in enumerate(standings)
            if math.isfinite(standing.low)
        },
    }
