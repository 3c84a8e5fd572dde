"""How commands print tables: drawn in a terminal, plain aligned columns in a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["echo", "echo_json", "format_option", "paragraph", "rendered", "table", "terminal_width"]

F = TypeVar("F", bound=Callable[..., Any])

_LONGEST = 14  # characters: longer words of other columns than the first may be broken
_ENDLESS = 100_000  # characters: the lines of a pipe are not wrapped, so that grep and awk see whole rows


def format_option(function: F) -> F:
    """Add ``--format table|json``."""
    choice = click.Choice(["table", "json"])
    return click.option("--format", "style", type=choice, default="table", show_default=True, help="How to print.")(
        function
    )


def terminal_width() -> int | None:
    """Return the width of the terminal in characters; None where standard output is none."""
    from rich.console import Console

    console = Console()
    return console.width if console.is_terminal else None


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    title: str = "",
    numbers: bool = False,
    spare: Sequence[str] = (),
) -> RenderableType:
    """Return a table to `echo`.

    Args:
        headings: headings of the columns.
        rows: the cells; what third parties wrote is never read as markup.
        title: a line above.
        numbers: align all columns but the first to the right.
        spare: headings of columns to leave out, in this order, where a terminal is too narrow.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    plain = terminal_width() is None
    drawn = Table(
        title=Text(title, style="bold") if title else None,
        title_justify="left",
        box=None if plain else box.HEAVY_HEAD,
        pad_edge=not plain,
        padding=(0, 2, 0, 0) if plain else (0, 1),
    )
    columns = [list(column) for column in zip(headings, *rows, strict=True)]
    width = terminal_width() or _ENDLESS
    for heading in spare:
        if sum(map(_least, columns)) > width - 3 * len(columns) - 1:
            columns = [column for column in columns if column[0] != heading]
    widths = _widths(columns, width - 3 * len(columns) - 1)
    for place, column in enumerate(columns):
        align: Literal["left", "right"] = "right" if numbers and place else "left"
        drawn.add_column(Text(column[0]), justify=align, overflow="fold", width=widths[place])
    for row in list(zip(*columns, strict=True))[1:]:
        drawn.add_row(*(Text(cell) for cell in row))
    return drawn


def _widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the widths of columns of text: as wide as they are, or the widest ones narrowed until all fit.

    Words stay whole up to a length, and names, in the first column; where that cannot be, nothing is.
    """
    widths = [max(map(len, column)) for column in columns]
    least = [widths[0], *map(_least, columns[1:])]
    for floor in (least, [widths[0]] + [4] * len(columns[1:]), [1] * len(columns)):
        while sum(widths) > room and any(width > low for width, low in zip(widths, floor, strict=True)):
            widest = max(range(len(columns)), key=lambda i: (widths[i] > floor[i], widths[i]))
            widths[widest] -= 1
    return widths


def _least(column: Sequence[str]) -> int:
    return min(_LONGEST, max(len(word) for text in column for word in text.split()))


def paragraph(text: str, style: str = "") -> RenderableType:
    """Return a line of text to `echo`, wrapped between words in a terminal."""
    from rich.text import Text

    return Text(text, style=style)


def echo(*parts: RenderableType) -> None:
    """Print tables and paragraphs to standard output."""
    width = terminal_width()
    click.echo(rendered(*parts, width=width), nl=False, color=width is not None)


def rendered(*parts: RenderableType, width: int | None = None) -> str:
    """Return tables and paragraphs as text without trailing blanks; coloured for a terminal of some width."""
    from rich.console import Console

    console = Console(highlight=False, width=width or _ENDLESS, force_terminal=width is not None)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def echo_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))
