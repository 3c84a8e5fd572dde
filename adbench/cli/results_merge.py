"""``adbench results merge``: the runs of one results folder come into another."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="merge", short_help="Copy the runs of a results folder into another.")
@click.argument("a", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("b", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--into", metavar="C", type=click.Path(file_okay=False, path_type=Path), help="Leave A and B alone; write to C."
)
def command(a: Path, b: Path, into: Path | None) -> None:
    """Copy the runs of results folder B into A; with --into, those of both into C.

    Where both have a run, one with scores stays before one without, then the newer. Two different sets of scores of one
    run are reported. A kill at any instant leaves whole runs only; the same command continues.

    \b
      adbench results merge results/ results_of_the_cluster/
      adbench results merge results/ more/ --into all_results/
    """
    from adbench.api.errors import UsageError
    from adbench.runs.merging import merge
    from adbench.runs.store import ResultsFolder

    target = a if into is None else into.expanduser()
    sources = [b] if into is None else [a, b]
    if target.resolve() in [source.resolve() for source in sources]:
        msg = f"{target} cannot be merged into itself; name two different folders"
        raise UsageError(msg)
    done = None
    for source in sources:
        done = merge(ResultsFolder(source), ResultsFolder(target), done)
    assert done is not None
    for text in (*done.conflicts, *done.damaged):
        click.echo(f"warning: {text}", err=True)
    click.echo(f"{target}: {done.copied} runs copied, {done.replaced} replaced by a better one, {done.kept} kept")
