"""``adbench results export-scores``: the scores of unlabelled events, as a file to hand in."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.options import results_option


@click.command(name="export-scores", short_help="Write scores of unlabelled events to hand in.")
@click.argument("run")
@results_option
@click.option(
    "-o", "--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV file."
)
@click.option("--score", metavar="NAME", help="Another score of the detector than its first.")
def command(run: str, results: Path, out: Path, score: str | None) -> None:
    """Write the scores of the unlabelled events of a RUN, named by its key or the first digits of it, as CSV.

    One line per event: its row in the source, its id, its score (higher is more anomalous), and the share of test
    background that scores as high or higher, (1 + n above) / (1 + n) of n independent background events. Events that
    failed the selection were not scored, and are not in the file; a run with --raw scores all.

    \b
      adbench run -d pca --edition secret --channel 1
      adbench results list
      adbench results export-scores 0123abcd --out pca_chan1.csv
    """
    from adbench.cli.stored_runs import run_by_key
    from adbench.leaderboard.handing_in import write_scores_to_hand_in
    from adbench.leaderboard.stored import readable_runs
    from adbench.runs.store import ResultsFolder

    runs, _ = readable_runs(ResultsFolder(results.expanduser()))
    stored = run_by_key(runs, run)
    events, background = write_scores_to_hand_in(stored, out.expanduser(), score)
    click.echo(f"{events:,} events written to {out}; p-values from {background:,} independent background events")
