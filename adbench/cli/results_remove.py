"""``adbench results remove``: stored runs and imported results go, after a look at what they are."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.options import results_option


@click.command(name="remove", short_help="Remove stored runs or imported results.")
@click.argument("names", metavar="KEY...", nargs=-1)
@results_option
@click.option("--status", metavar="NAME", help="All runs that ended so: failed, timeout, out_of_memory, ...")
@click.option("-y", "--yes", is_flag=True, help="Remove without asking.")
def command(names: tuple[str, ...], results: Path, status: str | None, yes: bool) -> None:
    """Remove stored runs, named by the first digits of their keys, or imported published results by their name.

    What is to go is listed first. A run that is removed is run again by the next study that asks for it.

    \b
      adbench results remove 0123abcd
      adbench results remove --status failed --yes
      adbench results remove darkmachines-2021
    """
    from adbench.api.errors import UsageError
    from adbench.cli.stored_runs import run_by_key
    from adbench.leaderboard.stored import readable_runs
    from adbench.published.library import Library
    from adbench.runs.store import ResultsFolder

    if not names and status is None:
        msg = "say what to remove: keys of runs, a name of published results, or --status failed"
        raise UsageError(msg)
    store = ResultsFolder(results.expanduser())
    library = Library(store.root)
    runs, _ = readable_runs(store)
    imported = [name for name in names if name in library.names()]
    chosen = {run.record.key: run for run in (run_by_key(runs, name) for name in names if name not in imported)}
    chosen |= {run.record.key: run for run in runs if run.record.status == status}
    for run in chosen.values():
        where = f"channel {run.record.identity.channel}, seed {run.record.identity.seed}"
        click.echo(f"{run.record.key}  {run.record.entry}, {where}, {run.record.status}")
    for name in imported:
        click.echo(f"{name}  imported published results")
    if not chosen and not imported:
        click.echo(f"nothing to remove: no stored run ended as '{status}'")
        return
    if not yes and not click.confirm(f"remove {len(chosen) + len(imported)} from {store.root}?"):
        click.echo("nothing was removed")
        return
    for run in chosen.values():
        store.remove(run)
    for name in imported:
        library.remove(name)
