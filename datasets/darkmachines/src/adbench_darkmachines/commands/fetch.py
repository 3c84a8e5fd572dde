"""``adbench datasets fetch darkmachines``: the official files, downloaded, checked and unpacked."""

from __future__ import annotations

from pathlib import Path

import click

from adbench.cli.producing import fetch_options
from adbench_darkmachines.editions import EDITIONS

__all__ = ["command"]


@click.command(name="darkmachines")
@click.option("--edition", default="hackathon", show_default=True, help=f"{', '.join(EDITIONS)}.")
@click.option("--channel", "channels", multiple=True, help="Channel; may be repeated; all by default.")
@fetch_options
def command(
    edition: str,
    channels: tuple[str, ...],
    out: Path | None,
    mirrors: tuple[str, ...],
    zenodo: str | None,
    offline: bool,
) -> None:
    """Download the official events from Zenodo, check them and unpack them.

    An interrupted command goes on where it stopped when it is given again.

    \b
      adbench datasets fetch darkmachines --channel 1
      adbench datasets fetch darkmachines --edition secret --out my_events/
    """
    import shlex

    from rich.console import Console

    from adbench.api.errors import UnknownNameError, UsageError
    from adbench.cli.transfers import transfer_watcher
    from adbench.data.disk import readable
    from adbench.data.zenodo import zenodo_base
    from adbench_darkmachines.editions import CITATION, edition_folder, edition_of, fetch_command
    from adbench_darkmachines.fetching import fetch_edition
    from adbench_darkmachines.signals import PAIRS

    chosen = edition_of(edition)
    for channel in channels:
        if channel not in PAIRS:
            raise UnknownNameError("channel of darkmachines", channel, PAIRS)
    if channels and not chosen.by_channel:
        msg = f"the files of edition {edition} hold the events of every channel; leave out --channel"
        raise UsageError(msg)
    folder = edition_folder(edition) if out is None else out
    with transfer_watcher(Console(stderr=True)) as watcher:
        fetched = fetch_edition(
            chosen,
            folder,
            channels,
            base=(zenodo or zenodo_base()).rstrip("/"),
            mirrors=mirrors,
            offline=offline,
            watcher=watcher,
        )
    size = readable(sum(fetched.files.values()))
    click.echo(f"{'fetched' if fetched.fresh else 'already here'}: {len(fetched.files)} files, {size}, in {folder}")
    click.echo(f"licence: {fetched.licence}; cite {CITATION} and doi:{chosen.doi}")
    if edition == "secret" and not edition_folder("hackathon").is_dir():
        click.echo(f"training needs the background of edition hackathon: {fetch_command('hackathon')}")
    if out is not None:
        click.echo(f"use it with --data {shlex.quote(str(out))}")
