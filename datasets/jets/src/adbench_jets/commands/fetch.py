"""``adbench datasets fetch jets``: the public top-tagging set, downloaded and checked."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command(name="jets")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; the user's cache by default.")
@click.option("--mirror", "mirrors", multiple=True, metavar="URL", help="Folder of the same files; may be repeated.")
@click.option("--zenodo", metavar="URL", help="Address of Zenodo's interface; also ADBENCH_ZENODO.")
@click.option("--offline", is_flag=True, help="Never use the network; say what is missing.")
def command(out: Path | None, mirrors: tuple[str, ...], zenodo: str | None, offline: bool) -> None:
    """Download the public top-tagging reference set from Zenodo (train, val, test: about 2 million jets) and check it.

    An interrupted command goes on where it stopped when it is given again. Reading the files needs the extra hdf5.

    \b
      adbench datasets fetch jets
      adbench run -d isolation_forest --dataset jets --edition top-tagging --channel qcd
    """
    import shlex

    from rich.console import Console

    from adbench.cli.transfers import transfer_watcher
    from adbench.data.disk import readable
    from adbench.data.record import fetch_files
    from adbench.data.zenodo import zenodo_base
    from adbench_jets.card import DOIS
    from adbench_jets.editions import FETCH, PUBLIC_FILES, RECORD, edition_folder

    folder = edition_folder() if out is None else out
    with transfer_watcher(Console(stderr=True)) as watcher:
        fetched = fetch_files(
            RECORD,
            tuple(PUBLIC_FILES.values()),
            folder,
            base=(zenodo or zenodo_base()).rstrip("/"),
            command=FETCH,
            mirrors=mirrors,
            offline=offline,
            watcher=watcher,
        )
    size = readable(sum(fetched.files.values()))
    click.echo(f"{'fetched' if fetched.fresh else 'already here'}: {len(fetched.files)} files, {size}, in {folder}")
    click.echo(f"licence: {fetched.licence}; cite doi:{DOIS['top-tagging'][0]} and arXiv:1902.09914")
    if out is not None:
        click.echo(f"use it with --data {shlex.quote(str(out))}")
