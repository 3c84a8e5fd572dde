"""``adbench results export-reference``: records and figures without scores, to be kept in a repository."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.options import results_option


@click.command(name="export-reference", short_help="Write records and figures without scores.")
@results_option
@click.option(
    "-o",
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("leaderboard"),
    show_default=True,
    help="Folder of reference results.",
)
@click.option("--dataset", metavar="NAME", help="Only runs on this data set.")
@click.option("-d", "--detector", "detectors", metavar="NAME", multiple=True, help="Only this detector; repeatable.")
def command(results: Path, out: Path, dataset: str | None, detectors: tuple[str, ...]) -> None:
    """Write stored results as reference results: record.json and metrics.json, scores by their SHA-256.

    Names of hosts, processes and command lines are left out. The same results give the same bytes.

    \b
      adbench results export-reference --out leaderboard/
      adbench results verify leaderboard/ --scores results/
      adbench leaderboard --results leaderboard/
    """
    from adbench.api.errors import MissingError
    from adbench.leaderboard.exporting import write_reference
    from adbench.leaderboard.stored import readable_runs
    from adbench.leaderboard.wording import counted
    from adbench.runs.store import ResultsFolder

    runs, damaged = readable_runs(ResultsFolder(results.expanduser()))
    chosen = [
        run
        for run in runs
        if dataset in (None, run.record.identity.dataset)
        and (not detectors or run.record.identity.detector in detectors)
    ]
    for text in damaged:
        click.echo(f"warning: {text}", err=True)
    if not chosen:
        msg = f"no such results in {results}; see what there is with: adbench results list --results {results}"
        raise MissingError(msg)
    write_reference(chosen, out.expanduser())
    click.echo(f"{counted(len(chosen), 'run')} written to {out}; check them with: adbench results verify {out}")
