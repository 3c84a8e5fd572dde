"""Other views of a board: intervals of ranks, who can be told apart, score against cost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adbench.cli.tables import paragraph, rendered, table

if TYPE_CHECKING:
    from adbench.leaderboard.board import Board
    from adbench.runs.store import StoredRun

__all__ = ["VIEWS", "view_text"]


def _statistics(
    board: Board, runs: Sequence[StoredRun], shown: Board, top: int | None
) -> tuple[Any, str, Any, Sequence[str]]:
    from adbench.leaderboard.uncertainty import board_uncertainty
    from adbench.leaderboard.uncertainty_text import uncertainty_json, uncertainty_rows, uncertainty_title

    found = board_uncertainty(board, runs)
    notes = (*found.notes, *shown.notes)
    return uncertainty_json(found), uncertainty_title(board), uncertainty_rows(shown, found), notes


def _pairwise(
    board: Board, runs: Sequence[StoredRun], shown: Board, top: int | None
) -> tuple[Any, str, Any, Sequence[str]]:
    from adbench.leaderboard.comparing import MOST, compare_board, comparison_json, comparison_rows

    found = compare_board(board, runs, most=top or MOST)
    return comparison_json(found), *comparison_rows(found), found.notes


def _costs(
    board: Board, runs: Sequence[StoredRun], shown: Board, top: int | None
) -> tuple[Any, str, Any, Sequence[str]]:
    from adbench.leaderboard.costs import board_costs, costs_json, costs_rows

    found = board_costs(board, runs)
    title, (headings, rows) = costs_rows(found)
    names = {entry.name for entry in shown.entries}
    return costs_json(found), title, (headings, [row for row in rows if row[0] in names]), found.notes


VIEWS = {"statistics": _statistics, "pairwise": _pairwise, "cost": _costs}
"""The views, by the name of their option."""

_RECORDS = {"statistics": "entries", "pairwise": "pairs", "cost": "entries"}  # the lines of a CSV file


def view_text(
    name: str, board: Board, runs: Sequence[StoredRun], shown: Board, top: int | None, style: str, width: int | None
) -> str:
    """Return a view of a board as text.

    Args:
        name: one of `VIEWS`.
        board: the whole board: intervals are those among all its entries.
        runs: the runs behind it.
        shown: the board with the entries that a table has.
        top: how many entries were asked for.
        style: ``table``, ``json`` or ``csv``.
        width: of the terminal; None = a pipe or a file.

    Raises:
        UsageError: the board is ranked as published, or another style is asked for.
    """
    from adbench.api.errors import UsageError
    from adbench.leaderboard.wording import note_line

    if board.compat:
        msg = f"--{name} goes with our rankings: the published procedure knows no intervals; leave --compat out"
        raise UsageError(msg)
    if style not in ("table", "json", "csv"):
        msg = f"--{name} prints --format table, json or csv"
        raise UsageError(msg)
    described, title, (headings, rows), notes = VIEWS[name](board, runs, shown, top)
    if style == "json":
        return json.dumps(described, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if style == "csv":
        records = described[_RECORDS[name]]
        text = io.StringIO()
        writer = csv.DictWriter(text, list(records[0]) if records else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        return text.getvalue()
    drawn = (paragraph(title, style="bold"), table(headings, rows, numbers=True))
    return rendered(*drawn, *(paragraph(note_line(note)) for note in notes), width=width)
