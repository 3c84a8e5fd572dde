"""Options and words that commands of data sets share: bringing published files, making events here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["fetch_options", "fetch_records", "generation_options"]

F = TypeVar("F", bound=Callable[..., Any])


def _own_folder(context: click.Context, option: click.Parameter, place: Path | None) -> Path | None:
    """Return a folder by its whole path; working folders lie beside it and are named after it."""
    if place is None:
        return None
    whole = place.expanduser().resolve()
    if not whole.name:
        raise click.BadParameter(f"{place} is the root of a disk; name a folder in it")
    return whole


def fetch_options(function: F) -> F:
    """Add ``--out``, ``--mirror`` (as mirrors), ``--zenodo`` and ``--offline``."""
    for option in reversed(
        (
            click.option(
                "--out",
                type=click.Path(file_okay=False, path_type=Path),
                callback=_own_folder,
                help="Folder; the user's cache by default.",
            ),
            click.option(
                "--mirror", "mirrors", multiple=True, metavar="URL", help="Folder of the same files; may be repeated."
            ),
            click.option("--zenodo", metavar="URL", help="Address of Zenodo's interface; also ADBENCH_ZENODO."),
            click.option("--offline", is_flag=True, help="Never use the network; say what is missing."),
        )
    ):
        function = option(function)
    return function


def generation_options(seed: int) -> Callable[[F], F]:
    """Add ``--out``, ``--work``, ``--jobs``, ``--seed`` and ``--edition``."""

    def add(function: F) -> F:
        for option in reversed(
            (
                click.option(
                    "--out",
                    type=click.Path(file_okay=False, path_type=Path),
                    required=True,
                    callback=_own_folder,
                    help="Folder of the new events.",
                ),
                click.option(
                    "--work",
                    type=click.Path(file_okay=False, path_type=Path),
                    help="Folder of finished chunks, from which a later run continues.  [default: OUT.work]",
                ),
                click.option(
                    "--jobs",
                    type=click.IntRange(min=1),
                    default=1,
                    help="Processes; the events do not depend on it.",
                ),
                click.option("--seed", type=click.IntRange(min=0), default=seed, help="Of everything."),
                click.option("--edition", default="sample", help="Name in the manifest."),
            )
        ):
            function = option(function)
        return function

    return add


def fetch_records(
    records: Mapping[str, Sequence[str]],
    folder: Path,
    command: str,
    paper: str,
    *,
    mirrors: Sequence[str],
    zenodo: str | None,
    offline: bool,
) -> None:
    """Bring files of Zenodo's records into a folder, with progress, and say what is there and how to cite it.

    Args:
        records: names of files by number of the record.
        folder: where they go.
        command: what gets them where there is a network.
        paper: to be cited with the records.
        mirrors: addresses of folders with the same files.
        zenodo: address of Zenodo, the usual one where it is None.
        offline: never use the network.

    Raises:
        MissingError: the files cannot be had.
        DataError: a wrong checksum, or a record without the files.
    """
    from rich.console import Console

    from adbench.cli.transfers import transfer_watcher
    from adbench.data.disk import readable
    from adbench.data.record import fetch_files
    from adbench.data.zenodo import zenodo_base

    fetched = {}
    with transfer_watcher(Console(stderr=True)) as watcher:
        for number, names in records.items():
            fetched[number] = fetch_files(
                number,
                names,
                folder,
                base=(zenodo or zenodo_base()).rstrip("/"),
                command=command,
                mirrors=mirrors,
                offline=offline,
                watcher=watcher,
            )
    files = [size for found in fetched.values() for size in found.files.values()]
    told = "fetched" if any(found.fresh for found in fetched.values()) else "already here"
    click.echo(f"{told}: {len(files)} files, {readable(sum(files))}, in {folder}")
    for number, found in fetched.items():
        click.echo(f"licence of record {number}: {found.licence}; cite doi:10.5281/zenodo.{number} and {paper}")
