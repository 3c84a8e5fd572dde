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
    help="Results folder with the scores behind reference results, to recompute their figures.",
)
def command(folder: Path, scores: Path | None) -> None:
    """Check the stored results in FOLDER, `results` unless given.

    Recomputed are each run's key from its identity, the SHA-256 of its scores, number and ids of its events, and its
    figures. In a folder of reference results, which has figures in place of scores, keys and hashes are checked and
    figures that no scores can have are found; --scores recomputes them. Exit code 4 where something is wrong.

    \b
      adbench results verify
      adbench results verify leaderboard/
      adbench results verify leaderboard/ --scores results/
    """
    from adbench.api.errors import DataError, MissingError
    from adbench.leaderboard.verifying import verify
    from adbench.leaderboard.wording import counted
    from adbench.runs.store import ResultsFolder

    runs, findings = verify(ResultsFolder(folder), None if scores is None else ResultsFolder(scores))
    if not runs and not findings:
        msg = f"no results in {folder}. Run something first: adbench run --detector isolation_forest --channel all"
        raise MissingError(msg)
    for text in findings:
        click.echo(f"wrong: {text}")
    whole = sum(run.has_scores for run in runs)
    failures = sum(run.record.status != "ok" for run in runs)
    click.echo(
        f"{counted(len(runs), 'run')} checked: {whole} with scores, {len(runs) - whole - failures} with figures only, "
        f"{failures} without a result"
    )
    if findings:
        msg = f"{counted(len(findings), 'thing')} wrong in {folder}; the lines above say where and how to mend it"
        raise DataError(msg)
