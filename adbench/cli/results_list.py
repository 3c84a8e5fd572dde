"""``adbench results list``: every stored run in one line."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.options import results_option
from adbench.cli.tables import echo, echo_json, format_option, paragraph, table


@click.command(name="list", short_help="List stored runs and imported results.")
@results_option
@format_option
@click.option("--dataset", metavar="NAME", help="Only runs on this data set.")
@click.option("-c", "--channel", metavar="NAME", help="Only runs on this channel.")
@click.option("-d", "--detector", metavar="NAME", help="Only runs of this detector.")
@click.option("--status", metavar="NAME", help="Only runs that ended so: ok, failed, timeout, ...")
def command(
    results: Path, style: str, dataset: str | None, channel: str | None, detector: str | None, status: str | None
) -> None:
    """List the stored runs, failures included, and the imported published results.

    What tells runs apart has a column where they differ: split, limit on events, the events themselves (by folder and
    fingerprint), version, and of an ensemble its rule and parents.

    \b
      adbench results list --status failed
      adbench results list --detector met --format json
    """
    from adbench.cli.telling_apart import differences
    from adbench.leaderboard.stored import readable_runs
    from adbench.leaderboard.wording import counted, duration
    from adbench.published.library import Library
    from adbench.runs.store import ResultsFolder

    root = results.expanduser()
    runs, damaged = readable_runs(ResultsFolder(root))
    wanted = {"dataset": dataset, "channel": channel, "detector": detector}
    chosen = [
        run
        for run in runs
        if all(value is None or getattr(run.record.identity, name) == value for name, value in wanted.items())
        and status in (None, run.record.status)
    ]
    imported = Library(root).headers()
    if style == "json":
        fields = ("key", "entry", "status", "reason", "started", "scores_sha256")
        echo_json(
            {
                "runs": [
                    {**run.record.identity.as_dict(), **{name: getattr(run.record, name) for name in fields}}
                    for run in chosen
                ],
                "published": [header.as_dict() for header in imported],
                "damaged": damaged,
            }
        )
        return
    differing = differences([run.record for run in chosen])
    rows = [
        [
            run.record.key,
            f"{run.record.identity.dataset} {run.record.identity.edition}",
            run.record.identity.channel,
            run.record.entry,
            *([told] if any(differing) else []),
            str(run.record.identity.seed),
            run.record.status.replace("_", " "),
            duration(run.record.timings.get("fit", float("nan"))),
            run.record.started[:16].replace("T", " "),
        ]
        for run, told in zip(chosen, differing, strict=True)
    ]
    headings = ["key", "data", "channel", "entry", *(["differs in"] if any(differing) else []), "seed"]
    if rows:
        echo(table([*headings, "status", "fit", "started"], rows, spare=["started", "fit"]))
    echo(paragraph(f"{counted(len(chosen), 'stored run')} of {len(runs)} in {root}"))
    for header in imported:
        echo(paragraph(f"published: {header.name}: {header.entries:,} models, {header.rows:,} rows, {header.citation}"))
    for text in damaged:
        echo(paragraph(text))
