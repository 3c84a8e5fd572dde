"""``adbench results published``: tables that papers print, as reference numbers with their source."""

from __future__ import annotations

import click

from adbench.cli.tables import echo, echo_json, format_option, paragraph, table


@click.command(name="published", short_help="Print a table of a paper.")
@click.argument("name", required=False)
@format_option
def command(name: str | None, style: str) -> None:
    """Print a table of a paper, with its source; without NAME list the tables.

    These numbers were measured by their authors, on their events and splits. They are for looking up, not for ranking.

    \b
      adbench results published
      adbench results published jawahar-s1
    """
    from adbench.published.tables import paper_table, paper_tables

    if name is None:
        known = paper_tables()
        if style == "json":
            echo_json([one.as_dict() for one in known.values()])
        else:
            echo(table(["table", "what", "source"], [[one.name, one.title, one.source] for one in known.values()]))
        return
    one = paper_table(name)
    if style == "json":
        echo_json(one.as_dict())
        return
    echo(paragraph(f"{one.title} ({one.source})", style="bold"))
    echo(table(one.columns, one.rows, numbers=True))
    echo(*(paragraph(f"note: {note}") for note in one.notes))
