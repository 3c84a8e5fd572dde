"""``adbench results import``: published results come into the results folder."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.options import results_option


@click.command(name="import", short_help="Take in published results.")
@click.argument("name", required=False)
@results_option
@click.option(
    "--from",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read the files from a folder instead of downloading them.",
)
def command(name: str | None, results: Path, folder: Path | None) -> None:
    """Take the published results NAME into the results folder, where `adbench leaderboard` shows them.

    The files are downloaded from the pinned commit of their repository and checked by their SHA-256; with --from they
    are read from a folder. Without NAME the sets that can be imported are listed.

    \b
      adbench results import
      adbench results import darkmachines-2021
      adbench results import darkmachines-2021 --from DarkMachines-UnsupervisedChallenge/data
    """
    from adbench.published.source import source, sources

    if name is None:
        for one in sources().values():
            click.echo(f"{one.name}  {one.title}; {one.citation}; data set {one.dataset}")
        return
    of = source(name)

    from adbench.data.cache import default_cache
    from adbench.published.fetch import differing_files, fetch
    from adbench.published.library import Library
    from adbench.published.reader import read_published
    from adbench.published.scores import PublishedScores

    place = fetch(of, default_cache() / "published") if folder is None else folder
    different = differing_files(of, place)
    scores = PublishedScores.of(read_published(place), of)
    path = Library(results.expanduser()).write(scores, "" if different else of.commit)
    if different:
        click.echo(
            f"warning: not the content of commit {of.commit[:8]} of {of.repository}: {', '.join(different)}. These are "
            "not the published figures, and boards that show them say so",
            err=True,
        )
    click.echo(f"{len(scores.models):,} models, {len(scores.values):,} rows of {of.citation}; written to {path}")
    click.echo("adbench leaderboard shows them beside or among your results; --published none hides them")
