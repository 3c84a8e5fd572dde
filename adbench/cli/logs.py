"""``adbench logs``: what a run wrote."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.options import results_option


@click.command(name="logs", short_help="Print the log of a run.")
@click.argument("run")
@results_option
def command(run: str, results: Path) -> None:
    """Print the log of a RUN, named by its key or the first digits of it; also while it runs.

    ``adbench status`` shows the keys.
    """
    from adbench.api import UnknownNameError, UsageError

    root = results.expanduser().resolve()
    logs = {path.parent.name.removeprefix(".work-"): path for path in sorted(root.glob("*/*/*/[!.]*/log.txt"))}
    logs |= {path.parent.name.removeprefix(".work-"): path for path in sorted(root.glob("*/*/*/.work-*/log.txt"))}
    found = [key for key in logs if key.startswith(run)]
    if not found:
        raise UnknownNameError("run", run, logs, "adbench status")
    if len(found) > 1:
        msg = f"{len(found)} runs begin with '{run}': {', '.join(found[:5])}; give more digits"
        raise UsageError(msg)
    click.echo(logs[found[0]].read_text(encoding="utf-8", errors="replace"), nl=False)
