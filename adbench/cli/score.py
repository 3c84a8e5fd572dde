"""``adbench score``: a trained detector on new events."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.options import plugin_file_option, results_option


@click.command(name="score", short_help="Score new events with a trained detector.")
@click.argument("events", type=click.Path(path_type=Path))
@click.option("--run", "key", metavar="KEY", required=True, help="A stored run, by the first digits of its key.")
@results_option
@plugin_file_option
@click.option(
    "-o", "--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV file."
)
@click.option("--threads", metavar="N", type=click.IntRange(1), default=1, show_default=True, help="Threads to use.")
@click.option(
    "--skip-bad-lines", is_flag=True, help="Leave out malformed lines, and say how many, instead of stopping."
)
@click.option("--device", metavar="NAME", default="cpu", show_default=True, help="cpu, cuda:0, ...")
def command(events: Path, key: str, results: Path, out: Path, threads: int, skip_bad_lines: bool, device: str) -> None:
    """Score the EVENTS of a file: CSV of the challenge, or a .parquet or .root table with the names of the schema.

    One line per event: its row in the file, its score (higher is more anomalous), its p-value (1 + n f) / (1 + n), and
    for each working point that the background can measure whether the event passes it. f is the share of test
    background that scores as high or higher, n the effective number of its generated events. Events that fail the
    channel's selection are not scored.

    \b
      adbench results list
      adbench score --run 0123abcd my_events.csv --out scores.csv
      adbench score --run 0123abcd my_events.root:tree --out scores.csv
    """
    from adbench.cli.stored_runs import run_by_key
    from adbench.leaderboard.new_scores import write_new_scores
    from adbench.leaderboard.stored import readable_runs
    from adbench.metrics.sample import ordered
    from adbench.metrics.working_point import written
    from adbench.runs.scoring import score_file
    from adbench.runs.store import ResultsFolder

    runs, _ = readable_runs(ResultsFolder(results.expanduser()))
    found = score_file(run_by_key(runs, key), events.expanduser(), threads, device, skip_bad_lines)
    write_new_scores(found, out.expanduser())
    events_of, independent = len(found.background), round(ordered(found.background, "background").effective)
    worth = "" if independent == events_of else f", as good as {independent:,} independent ones"
    click.echo(f"{len(found.rows):,} events written to {out}; compared with {events_of:,} background events{worth}")
    if found.unmeasured:
        points = ", ".join(map(written, found.unmeasured))
        click.echo(f"note: too little background for a threshold at eps_B = {points}")
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
