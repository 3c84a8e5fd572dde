"""``adbench results verify``: stored results are checked against themselves."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="verify", short_help="Check keys, hashes, row ids and figures.")
@click.argument("folder", default="results", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--scores",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Results folder with scores behind reference results, to recompute the figures of its runs.",
)
def command(folder: Path, scores: Path | None) -> None:
    """Check the stored results in FOLDER, `results` unless given.

    Recomputed are each run's key from its identity, the SHA-256 of its scores, number and ids of its events, and its
    figures. In a folder of reference results, which has figures in place of scores, keys and hashes are checked and
    figures that no scores can have are found; --scores recomputes those of runs whose scores are there. Names and
    classes of entries are held against their detectors. Exit code 4 where something is wrong.

    \b
      adbench results verify
      adbench results verify leaderboard/
      adbench results verify leaderboard/ --scores results/
    """
    from adbench.api.errors import DataError, MissingError
    from adbench.leaderboard.reference import METRICS_FILE
    from adbench.leaderboard.verifying import verify
    from adbench.leaderboard.wording import counted
    from adbench.runs.store import ResultsFolder

    runs, findings, compared = verify(ResultsFolder(folder), None if scores is None else ResultsFolder(scores))
    if not runs and not findings:
        msg = f"no results in {folder}. Run something first: adbench run --detector isolation_forest --channel all"
        raise MissingError(msg)
    for text in findings:
        click.echo(f"wrong: {text}")
    done = [run for run in runs if run.record.status == "ok"]
    without = [run for run in done if not run.has_scores]
    figures = sum((run.folder / METRICS_FILE).exists() for run in without)
    lost = f", {len(without) - figures} with neither (run again, or remove)" if len(without) > figures else ""
    click.echo(
        f"{counted(len(runs), 'run')} checked: {len(done) - len(without)} with scores, {figures} with figures only"
        f"{lost}, {len(runs) - len(done)} without a result"
    )
    if scores is not None:
        click.echo(f"{counted(compared, 'run')} compared with scores in {scores}")
    if findings:
        msg = f"{counted(len(findings), 'thing')} wrong in {folder}; the lines above say where and how to mend it"
        raise DataError(msg)
