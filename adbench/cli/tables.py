"""How commands print tables: drawn in a terminal, plain aligned columns in a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["echo", "echo_json", "format_option", "paragraph", "rendered", "table", "terminal_width"]

F = TypeVar("F", bound=Callable[..., Any])

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
    headings: Sequence[str], rows: Iterable[Sequence[str]], title: str = "", numbers: bool = False
) -> RenderableType:
    """Return a table to `echo`.

    Args:
        headings: headings of the columns.
        rows: the cells; what third parties wrote is never read as markup.
        title: a line above.
        numbers: align all columns but the first to the right.
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
    for place, heading in enumerate(headings):
        drawn.add_column(Text(heading), justify="right" if numbers and place else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    return drawn


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
