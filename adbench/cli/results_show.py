"""``adbench results show``: one stored run in full."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.options import results_option
from adbench.cli.tables import echo, echo_json, format_option, paragraph


@click.command(name="show", short_help="Show the record of a stored run.")
@click.argument("run")
@results_option
@format_option
def command(run: str, results: Path, style: str) -> None:
    """Show what is stored of a RUN, named by its key or the first digits of it.

    \b
      adbench results list
      adbench results show 0123abcd
    """
    import json

    from adbench.cli.stored_runs import run_by_key
    from adbench.leaderboard.stored import readable_runs
    from adbench.runs.store import ResultsFolder

    runs, _ = readable_runs(ResultsFolder(results.expanduser()))
    stored = run_by_key(runs, run)
    described = json.loads(stored.record.to_json())
    if style == "json":
        echo_json({**described, "folder": str(stored.folder)})
        return
    echo(paragraph(f"{stored.record.entry}, seed {stored.record.identity.seed}: {stored.record.status}", style="bold"))
    echo(*(paragraph(line) for line in _lines({**described, "folder": str(stored.folder)})))


def _lines(values: object, indent: str = "  ") -> list[str]:
    """Return nested values as indented lines of ``name  value``; what is empty is left out."""
    lines: list[str] = []
    if not isinstance(values, dict):
        return lines
    width = max((len(str(name)) for name in values), default=0)
    for name, value in values.items():
        if isinstance(value, dict):
            inner = _lines(value, indent + "  ")
            lines += [f"{indent}{name}", *inner] if inner else []
        elif isinstance(value, list):
            lines += [f"{indent}{name:<{width}}  {item}" for item in value]
        elif value not in ("", None):
            lines.append(f"{indent}{name:<{width}}  {value}")
    return lines
