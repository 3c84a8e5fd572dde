"""The board as a table in a terminal or a pipe."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from adbench.leaderboard.entries import Entry
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.wording import (
    comparison_heading,
    comparison_title,
    coverage,
    decimals,
    duration,
    gap_lines,
    heading,
    note_line,
    number,
    seeds,
    statistics,
    title,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

__all__ = ["board_parts", "comparison_parts"]


_SPARE = (
    0,
    10,
    40,
)  # of the first, second and further metrics; class 15, seeds 20, time of the fit 30, rank in class 35
_FEW_NOTES = 6  # notes on the data that stand below a table in full
_FEW_NAMES = 3  # entries that a line on missing scores names


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the drawn table; the one with the highest `spare` goes first where a terminal is too narrow."""

    heading: str
    cells: tuple[str, ...]
    align: Literal["left", "right"] = "right"
    spare: int = 0


def board_parts(board: Board, width: int | None = None) -> list[RenderableType]:
    """Return title, table and notes of a board.

    Args:
        board: the board.
        width: width of the terminal in characters; None = a pipe: plain aligned columns of any width.
    """
    beside = [part for other in board.beside for part in board_parts(other, width)]
    return [*_parts(board, _columns(board), title(board), seeds(board), width), *beside]


def comparison_parts(boards: Sequence[Board], width: int | None = None) -> list[RenderableType]:
    """Return one table with rank and statistic of each entry of the first board by the methods of all boards."""
    first = boards[0]
    columns = [_names(first)]
    for place, board in enumerate(boards):
        by_name = {entry.name: entry for entry in board.entries}
        cells = statistics(board, [by_name[entry.name] for entry in first.entries], board.metric.name, ranks=True)
        columns.append(_Column(comparison_heading(board), tuple(cells), spare=place))
    parts = _parts(first, columns, comparison_title(first), seeds(first).removeprefix("68 % intervals, "), width)
    for same in zip(*(board.beside for board in boards), strict=True):
        parts += comparison_parts(same, width)
    return parts


def _parts(board: Board, columns: list[_Column], left: str, right: str, width: int | None) -> list[RenderableType]:
    from rich.text import Text

    wide, columns = columns, list(columns)
    while width is not None and _natural_width(_draw(board, columns, width)) > width:
        sparest = max(columns, key=lambda column: column.spare)
        if not sparest.spare:
            break
        columns.remove(sparest)
    table = _draw(board, columns, width)
    room = _natural_width(table) - len(left) - len(right) if width else 2
    between = " " * room if room >= 2 else "\n"
    parts: list[RenderableType] = [Text.assemble((left, "bold"), between, (right, "dim")), table]
    hidden = [" ".join(column.heading.split()) for column in wide if column not in columns]
    if hidden:
        parts.append(Text(f"too narrow for {', '.join(hidden)}; --format csv has everything", style="dim"))
    parts += [Text(f"no scores: {line}") for line in gap_lines(board, _FEW_NAMES)]
    parts += [Text(f"flag: {entry.name}: {'; '.join(entry.flags)}") for entry in board.entries if entry.flags]
    return parts + [Text(note_line(note)) for note in (*board.notes, *_data_notes(board))]


def _data_notes(board: Board) -> tuple[str, ...]:
    """Return the notes of the data, or where to read them when they would bury the table."""
    if len(board.data_notes) <= _FEW_NOTES:
        return board.data_notes
    where = " --data DIR" if board.edition.startswith("folder") else ""
    return (f"{len(board.data_notes)} notes on these events: adbench datasets info {board.dataset}{where}",)


def _columns(board: Board) -> list[_Column]:
    columns = [_Column("rank", tuple(_rank(board.rank(entry)) for entry in board.entries)), _names(board)]
    for place, metric in enumerate(board.shown):
        cells = statistics(board, board.entries, metric.name, interval=place == 0)
        text = heading(board.ranking, metric)
        columns.append(_Column(text, tuple(cells), spare=_SPARE[min(place, 2)] + place))
    classes = tuple(entry.supervision for entry in board.entries)
    origins = tuple(entry.source for entry in board.entries)
    if len(set(origins)) > 1:
        columns.append(_Column("source", origins, align="left", spare=5))
    if len(set(classes)) > 1:
        among = board.class_ranks()
        columns.append(_Column("class", classes, align="left", spare=15))
        columns.append(_Column("in class", tuple(_rank(among[entry.name]) for entry in board.entries), spare=35))
    columns.append(_Column("coverage", tuple(coverage(entry, board) for entry in board.entries)))
    if any(len(entry.seeds) > 1 for entry in board.entries):
        columns.append(_Column("seeds", tuple(_seeds(board, entry) for entry in board.entries), spare=20))
    fits = tuple(duration(entry.fit_seconds) for entry in board.entries)
    return [*columns, _Column("fit", fits, spare=30)] if any(fits) else columns


def _names(board: Board) -> _Column:
    return _Column("detector", tuple(entry.name for entry in board.entries), align="left")


def _seeds(board: Board, entry: Entry) -> str:
    standing = entry.standings[board.metric.name]
    if math.isnan(standing.spread):
        return str(len(entry.seeds))
    places = decimals(other.standings[board.metric.name].value for other in board.entries)
    return f"{len(entry.seeds)} ±{number(standing.spread, places)}"


def _rank(rank: int | None) -> str:
    return "–" if rank is None else str(rank)


def _draw(board: Board, columns: Sequence[_Column], width: int | None) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    plain = width is None
    table = Table(box=None if plain else box.HEAVY_HEAD, pad_edge=not plain, padding=(0, 2, 0, 0) if plain else (0, 1))
    for column in columns:
        heading = " ".join(column.heading.split()) if plain else column.heading
        widest = max(20, width // 3) if width and column.heading == "detector" else None
        table.add_column(
            Text(heading), justify=column.align, overflow="fold", no_wrap=column.align == "right", max_width=widest
        )
    ranked = sum(board.rank(entry) is not None for entry in board.entries)
    for place, cells in enumerate(zip(*(column.cells for column in columns), strict=True)):
        table.add_row(*(Text(cell) for cell in cells), end_section=place + 1 == ranked)
    return table


def _natural_width(table: Table) -> int:
    from rich.console import Console

    return Console(width=10_000).measure(table).maximum
