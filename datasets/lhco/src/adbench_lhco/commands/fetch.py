"""``adbench datasets fetch lhco``: the public files, downloaded and checked."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.producing import fetch_options

__all__ = ["command"]


@click.command(name="lhco")
@click.option("--edition", default="rd-features", show_default=True, help="rd-features, rd, black-boxes.")
@fetch_options
def command(edition: str, out: Path | None, mirrors: tuple[str, ...], zenodo: str | None, offline: bool) -> None:
    """Download public files of the LHC Olympics 2020 from Zenodo and check them.

    rd-features has published observables (small); rd and black-boxes have particles (some gigabytes), which are
    clustered when they are first used. Reading needs the extra hdf5; particles need the extra generate too.

    \b
      adbench datasets fetch lhco
      adbench datasets fetch lhco --edition black-boxes --out olympics/
    """
    import shlex

    from adbench.api.errors import UnknownNameError
    from adbench.cli.producing import fetch_records
    from adbench.data.editions import published_folder
    from adbench_lhco.card import NAME
    from adbench_lhco.editions import PUBLIC, fetch_command

    if edition not in PUBLIC:
        raise UnknownNameError(f"edition of {NAME} to fetch", edition, PUBLIC)
    folder = published_folder(NAME, edition) if out is None else out
    told = fetch_command(edition)
    fetch_records(
        PUBLIC[edition].files, folder, told, "arXiv:2101.08320", mirrors=mirrors, zenodo=zenodo, offline=offline
    )
    if out is not None:
        click.echo(f"use it with --data {shlex.quote(str(out))}")
