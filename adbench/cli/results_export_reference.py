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
@click.option("--limited", is_flag=True, help="Also trial runs on a limited number of events (--max-events).")
@click.option("--contaminated", is_flag=True, help="Also runs whose training background has signal in it.")
def command(
    results: Path, out: Path, dataset: str | None, detectors: tuple[str, ...], limited: bool, contaminated: bool
) -> None:
    """Write stored results as reference results: record.json and metrics.json, scores by their SHA-256.

    Names of hosts, processes and command lines are left out, and so are runs that a board leaves out unless told
    otherwise. The same results give the same bytes.

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
    written = chosen
    for asked, option, what, is_apart in (
        (limited, "--limited", "on a limited number of events", lambda who: who.max_events is not None),
        (contaminated, "--contaminated", "with signal in the training background", lambda who: who.contamination > 0),
    ):
        kept = [run for run in written if asked or not is_apart(run.record.identity)]
        if len(kept) < len(written):
            lost = counted(len(written) - len(kept), "run")
            click.echo(f"left out: {lost} {what}; {option} writes them too", err=True)
        written = kept
    if not written:
        msg = f"no such results in {results}; see what there is with: adbench results list --results {results}"
        raise MissingError(msg)
    write_reference(written, out.expanduser())
    click.echo(f"{counted(len(written), 'run')} written to {out}; check them with: adbench results verify {out}")
