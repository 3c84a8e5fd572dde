"""The board as JSON, CSV and Markdown: the same numbers for programs, spreadsheets and documents.

JSON, schema 1: an object with ``schema``, ``dataset``, ``edition``, ``split``, ``channel`` (``all``, or names joined by
commas), ``metric``, ``ranking``, ``notes`` and ``entries`` in the order of the board. An entry has ``rank`` (null: not
ranked), ``entry``, ``detector``, ``source`` (``run`` or ``published``), ``supervision``, ``rank_in_class`` (among the
entries of that class), ``value`` (the ranking's statistic), ``coverage`` (share of the cells that it has), ``family``,
``citation``, ``flags`` (what is odd about its figures) and ``cells``: from ``"1/stlp_st1000"`` (channel/signal) to the
name of a metric to ``value``, ``low``, ``high`` (68 % interval) and ``note``. A cell without a figure has null, and its
note says why; the note of one that is unmeasured begins with ``unmeasured``. ``beside`` holds boards of published
results that may not be ranked with these. Several rankings: ``schema`` and ``boards``, a list of such objects.

CSV: one line per entry, cell and metric. Nothing here depends on the time or place of the call.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from adbench.leaderboard.entries import Cell, Entry
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.wording import (
    comparison_heading,
    comparison_title,
    coverage,
    duration,
    gap_lines,
    heading,
    seeds,
    statistics,
    title,
)

__all__ = ["CSV_COLUMNS", "SCHEMA", "as_csv", "as_json", "as_markdown"]

SCHEMA = 1

CSV_COLUMNS = (
    "dataset", "edition", "split", "ranking", "rank", "entry", "detector", "source", "supervision", "value", "coverage",
    "channel", "signal", "metric", "cell", "low", "high", "note",
    "family", "flags", "rank_in_class",
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
    for board in [one for ours in boards for one in (ours, *ours.beside)]:
        among = board.class_ranks()
        for entry in board.entries:
            described = _entry(board, entry, among[entry.name])
            head = [described[name] for name in CSV_COLUMNS[4:11]]
            front = [board.dataset, board.edition, board.split, board.ranking.name, *head]
            tail = [entry.family, "; ".join(entry.flags), among[entry.name]]
            for (channel, signal), figures in entry.cells.items():
                for metric in board.metrics:
                    row = [*front, channel, signal, metric.name, *_cell(figures[metric.name]).values(), *tail]
                    writer.writerow(["" if value is None else value for value in row])
    return text.getvalue()


def as_markdown(boards: Sequence[Board]) -> str:
    """Return a table with title and notes, for documents and issues; several boards side by side, notes once.

    Side by side, the rows are the entries of the first board in its order.
    """
    text = _markdown(boards[0]) if len(boards) == 1 else _side_by_side(boards)
    beside = [list(same) for same in zip(*(board.beside for board in boards), strict=True)]
    return "\n".join([text, *(as_markdown(same) for same in beside)])


def _board(board: Board) -> dict[str, Any]:
    among = board.class_ranks()
    return {
        "schema": SCHEMA,
        "dataset": board.dataset,
        "edition": board.edition,
        "split": board.split,
        "channel": board.channel,
        "metric": board.metric.name,
        "ranking": board.ranking.name,
        "notes": [*board.notes, *board.data_notes, *(f"no scores: {line}" for line in gap_lines(board))],
        "entries": [_entry(board, entry, among[entry.name]) for entry in board.entries],
        "beside": [_board(other) for other in board.beside],
    }


def _entry(board: Board, entry: Entry, rank_in_class: int | None) -> dict[str, Any]:
    standing = entry.standings[board.metric.name]
    return {
        "rank": standing.rank,
        "entry": entry.name,
        "detector": entry.detector,
        "source": entry.source,
        "supervision": entry.supervision,
        "rank_in_class": rank_in_class,
        "value": _finite(standing.value),
        "coverage": _finite(entry.coverage),
        "family": entry.family,
        "citation": entry.citation,
        "flags": list(entry.flags),
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
    columns = {
        "rank": [str(board.rank(entry) or "–") for entry in board.entries],
        "detector": [_escaped(entry.name) for entry in board.entries],
    }
    for metric in board.shown:
        name = heading(board.ranking, metric)
        columns[name] = statistics(board, board.entries, metric.name, interval=metric is board.metric)
    columns["coverage"] = [coverage(entry, board) for entry in board.entries]
    columns["fit"] = [duration(entry.fit_seconds) for entry in board.entries]
    return _document(board, f"**{_escaped(title(board))}** ({seeds(board)})", columns)


def _side_by_side(boards: Sequence[Board]) -> str:
    first = boards[0]
    columns = {"detector": [_escaped(entry.name) for entry in first.entries]}
    for board in boards:
        by_name = {entry.name: entry for entry in board.entries}
        same_order = [by_name[entry.name] for entry in first.entries]
        columns[comparison_heading(board)] = statistics(board, same_order, board.metric.name, ranks=True)
    return _document(first, f"**{_escaped(comparison_title(first))}**", columns)


def _document(board: Board, head: str, columns: Mapping[str, Sequence[str]]) -> str:
    aligned = [":--" if name == "detector" else "--:" for name in columns]
    rows = [[_escaped(name) for name in columns], aligned, *zip(*columns.values(), strict=True)]
    notes = [*(f"no scores: {line}" for line in gap_lines(board)), *board.notes, *board.data_notes]
    lines = [head, "", *(f"| {' | '.join(row)} |" for row in rows), "", *(f"- {_escaped(note)}" for note in notes)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _escaped(text: str) -> str:
    text = " ".join(text.split())
    for character in "\\|*_`<>[]":
        text = text.replace(character, "\\" + character)
    return text
