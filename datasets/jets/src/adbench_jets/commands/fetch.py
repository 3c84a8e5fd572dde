"""``adbench datasets fetch jets``: the public top-tagging set, downloaded and checked."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.producing import fetch_options

__all__ = ["command"]


@click.command(name="jets")
@fetch_options
def command(out: Path | None, mirrors: tuple[str, ...], zenodo: str | None, offline: bool) -> None:
    """Download the public top-tagging reference set from Zenodo (train, val, test: about 2 million jets) and check it.

    An interrupted command goes on where it stopped when it is given again. Reading the files needs the extra hdf5.

    \b
      adbench datasets fetch jets
      adbench run -d isolation_forest --dataset jets --edition top-tagging --channel qcd
    """
    import shlex

    from adbench.cli.producing import fetch_records
    from adbench.data.editions import published_folder
    from adbench_jets.card import NAME
    from adbench_jets.editions import EDITIONS, FETCH, PUBLIC_FILES, RECORD

    folder = published_folder(NAME, EDITIONS[1]) if out is None else out
    files = {RECORD: tuple(PUBLIC_FILES.values())}
    fetch_records(files, folder, FETCH, "arXiv:1902.09914", mirrors=mirrors, zenodo=zenodo, offline=offline)
    if out is not None:
        click.echo(f"use it with --data {shlex.quote(str(out))}")
