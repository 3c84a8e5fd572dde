"""Other views of a board: intervals of ranks, who can be told apart, score against cost."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adbench.cli.tables import echo, echo_json, paragraph, table

if TYPE_CHECKING:
    from adbench.leaderboard.board import Board
    from adbench.runs.store import StoredRun

__all__ = ["VIEWS", "print_view"]


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
    return costs_json(found), *costs_rows(found), found.notes


VIEWS = {"statistics": _statistics, "pairwise": _pairwise, "cost": _costs}
"""The views, by the name of their option."""

_RECORDS = {"statistics": "entries", "pairwise": "pairs", "cost": "entries"}  # the lines of a CSV file


def print_view(name: str, board: Board, runs: Sequence[StoredRun], shown: Board, top: int | None, style: str) -> None:
    """Print a view of a board.

    Args:
        name: one of `VIEWS`.
        board: the whole board: intervals are those among all its entries.
        runs: the runs behind it.
        shown: the board with the entries that a table has.
        top: how many entries were asked for.
        style: ``table``, ``json`` or ``csv``.

    Raises:
        UsageError: the board is ranked as published, or another style is asked for.
    """
    from adbench.api.errors import UsageError

    if board.compat:
        msg = f"--{name} goes with our rankings: the published procedure knows no intervals; leave --compat out"
        raise UsageError(msg)
    if style not in ("table", "json", "csv"):
        msg = f"--{name} prints --format table, json or csv"
        raise UsageError(msg)
    described, title, (headings, rows), notes = VIEWS[name](board, runs, shown, top)
    if style == "json":
        echo_json(described)
        return
    if style == "csv":
        records = described[_RECORDS[name]]
        writer = csv.DictWriter(sys.stdout, list(records[0]) if records else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        return
    echo(paragraph(title, style="bold"), table(headings, rows, numbers=True))
    echo(*(paragraph(f"note: {note}") for note in notes))
