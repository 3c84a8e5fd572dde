"""The board as JSON, CSV and Markdown: the same numbers for programs, spreadsheets and documents.

JSON, schema 1: an object with ``schema``, ``dataset``, ``edition``, ``split``, ``channel`` (``all``, or names joined by
commas), ``metric``, ``ranking``, ``notes`` and ``entries`` in the order of the board. An entry has ``rank`` (null: not
ranked), ``entry``, ``detector``, ``source`` (``run``), ``supervision``, ``value`` (the ranking's statistic),
``coverage`` (share of the cells that it has) and ``cells``: from ``"1/stlp_st1000"`` (channel/signal) to the name of a
metric to ``value``, ``low``, ``high`` (68 % interval) and ``note``. A cell without a figure has null, and its note says
why; the note of one that is unmeasured begins with ``unmeasured``. Several rankings: ``schema`` and ``boards``, a list
of such objects.

CSV: one line per entry, cell and metric. Nothing here depends on the time or place of the call.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from adbench.leaderboard.board import Board
from adbench.leaderboard.entries import Cell, Entry
from adbench.leaderboard.wording import coverage, decimals, duration, gap_lines, number, seeds, title

__all__ = ["CSV_COLUMNS", "SCHEMA", "as_csv", "as_json", "as_markdown"]

SCHEMA = 1

CSV_COLUMNS = (
    "dataset", "edition", "split", "ranking", "rank", "entry", "detector", "source", "supervision", "value", "coverage",
    "channel", "signal", "metric", "cell", "low", "high", "note",
)  # fmt: skip

_DIGITS = 12  # beyond that, sums differ between machines


def as_json(boards: Sequence[Board]) -> str:
    """Return one board as an object, several as a list under ``boards``."""
    described = [_board(board) for board in boards]
    whole = described[0] if len(described) == 1 else {"schema": SCHEMA, "boards": described}
    return json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def as_csv(boards: Sequence[Board]) -> str:
    """Return one line per board, entry, cell and metric, below a line of headings; empty = no value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for board in boards:
        for entry in board.entries:
            *head, _ = _entry(board, entry).values()
            front = [board.dataset, board.edition, board.split, board.ranking.name, *head]
            for (channel, signal), figures in entry.cells.items():
                for metric in board.metrics:
                    row = [*front, channel, signal, metric.name, *_cell(figures[metric.name]).values()]
                    writer.writerow(["" if value is None else value for value in row])
    return text.getvalue()


def as_markdown(boards: Sequence[Board]) -> str:
    """Return a table per board with title and notes, for documents and issues."""
    return "\n".join(_markdown(board) for board in boards)


def _board(board: Board) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "dataset": board.dataset,
        "edition": board.edition,
        "split": board.split,
        "channel": board.channel,
        "metric": board.metric.name,
        "ranking": board.ranking.name,
        "notes": [*board.notes, *board.data_notes, *(f"no scores: {line}" for line in gap_lines(board))],
        "entries": [_entry(board, entry) for entry in board.entries],
    }


def _entry(board: Board, entry: Entry) -> dict[str, Any]:
    standing = entry.standings[board.metric.name]
    return {
        "rank": standing.rank,
        "entry": entry.name,
        "detector": entry.detector,
        "source": entry.source,
        "supervision": entry.supervision,
        "value": _finite(standing.value),
        "coverage": _finite(entry.coverage),
        "cells": {
            f"{channel}/{signal}": {metric.name: _cell(figures[metric.name]) for metric in board.metrics}
            for (channel, signal), figures in entry.cells.items()
        },
    }


def _cell(cell: Cell) -> dict[str, Any]:
    seeds_note = f"mean of {len(cell.by_seed)} seeds, standard deviation {cell.spread:.2g}" if cell.seeds > 1 else ""
    note = "; ".join(text for text in (cell.note, seeds_note) if text)
    return {"value": _finite(cell.value), "low": _finite(cell.low), "high": _finite(cell.high), "note": note}


def _finite(value: float) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None


def _markdown(board: Board) -> str:
    shown = board.shown
    lines = [
        f"**{_escaped(title(board))}** ({seeds(board)})",
        "",
        "| " + " | ".join(["rank", "detector", *(metric.label for metric in shown), "coverage", "fit"]) + " |",
        "|" + " --: | :-- |" + " --: |" * (len(shown) + 2),
    ]
    places = {m.name: decimals(entry.standings[m.name].value for entry in board.entries) for m in shown}
    for entry in board.entries:
        rank = board.rank(entry)
        cells = ["–" if rank is None else str(rank), _escaped(entry.name)]
        for metric in shown:
            standing, p = entry.standings[metric.name], places[metric.name]
            interval = f" [{number(standing.low, p)}, {number(standing.high, p)}]"
            with_interval = metric is board.metric and not math.isnan(standing.low)
            cells.append(number(standing.value, p) + (interval if with_interval else ""))
        lines.append("| " + " | ".join([*cells, coverage(entry, board), duration(entry.fit_seconds)]) + " |")
    notes = [*(f"no scores: {line}" for line in gap_lines(board)), *board.notes, *board.data_notes]
    return "\n".join([*lines, "", *(f"- {_escaped(note)}" for note in notes)]).rstrip("\n") + "\n"


def _escaped(text: str) -> str:
    text = " ".join(text.split())
    for character in "\\|*_`<>[]":
        text = text.replace(character, "\\" + character)
    return text
