"""``adbench datasets fetch lhco``: the public files, downloaded and checked."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command(name="lhco")
@click.option("--edition", default="rd-features", show_default=True, help="rd-features, rd, black-boxes.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; the user's cache by default.")
@click.option("--mirror", "mirrors", multiple=True, metavar="URL", help="Folder of the same files; may be repeated.")
@click.option("--zenodo", metavar="URL", help="Address of Zenodo's interface; also ADBENCH_ZENODO.")
@click.option("--offline", is_flag=True, help="Never use the network; say what is missing.")
def command(edition: str, out: Path | None, mirrors: tuple[str, ...], zenodo: str | None, offline: bool) -> None:
    """Download public files of the LHC Olympics 2020 from Zenodo and check them.

    rd-features has published observables (small); rd and black-boxes have particles (some gigabytes), which are
    clustered when they are first used. Reading needs the extra hdf5; particles need the extra generate too.

    \b
      adbench datasets fetch lhco
      adbench datasets fetch lhco --edition black-boxes --out olympics/
    """
    import shlex

    from rich.console import Console

    from adbench.api.errors import UnknownNameError
    from adbench.cli.transfers import transfer_watcher
    from adbench.data.disk import readable
    from adbench.data.record import fetch_files
    from adbench.data.zenodo import zenodo_base
    from adbench_lhco.editions import PUBLIC, edition_folder, fetch_command

    if edition not in PUBLIC:
        raise UnknownNameError("edition of lhco to fetch", edition, PUBLIC)
    folder = edition_folder(edition) if out is None else out
    sizes: dict[str, int] = {}
    licences: dict[str, str] = {}
    fresh = False
    with transfer_watcher(Console(stderr=True)) as watcher:
        for record, names in PUBLIC[edition].files.items():
            fetched = fetch_files(
                record,
                names,
                folder,
                base=(zenodo or zenodo_base()).rstrip("/"),
                command=fetch_command(edition),
                mirrors=mirrors,
                offline=offline,
                watcher=watcher,
            )
            sizes |= fetched.files
            fresh |= fetched.fresh
            licences[record] = fetched.licence
    size = readable(sum(sizes.values()))
    click.echo(f"{'fetched' if fresh else 'already here'}: {len(sizes)} files, {size}, in {folder}")
    for record, licence in licences.items():
        click.echo(f"licence of record {record}: {licence}; cite doi:10.5281/zenodo.{record} and arXiv:2101.08320")
    if out is not None:
        click.echo(f"use it with --data {shlex.quote(str(out))}")
