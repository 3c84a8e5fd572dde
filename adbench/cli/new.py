"""``adbench new``: the beginning of a plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

_KINDS = ("detector", "dataset", "metric")


@click.command(name="new", short_help="Begin a plugin: a detector, a data set or a metric.")
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("name")
@click.option(
    "--into", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), default=Path(), show_default="here",
    help="Folder that the new one is made in.",
)  # fmt: skip
def command(kind: str, name: str, into: Path) -> None:
    """Write a small distribution that installs, runs and is tested, to be changed into yours.

    \b
      adbench new detector my_idea
      pip install --no-deps -e my_idea
      adbench check my_idea
      adbench run -d my_idea --channel all
    """
    from adbench.api import UsageError
    from adbench.registry import Registry, catalogue
    from adbench.scaffold.writing import write_plugin

    registries: dict[str, Registry[Any]] = {
        "detector": catalogue().detectors,
        "dataset": catalogue().datasets,
        "metric": catalogue().metrics,
    }
    known = registries[kind]
    if name in known.owners:
        owner = known.owners[name]
        msg = f"there is a {known.kind} '{name}' already, of {owner.distribution} {owner.version}; choose another name"
        raise UsageError(msg)
    for path in write_plugin(kind, name, into.expanduser()):
        click.echo(f"written {path}")
    folder = into.expanduser() / name
    click.echo(f"next    pip install --no-deps -e {folder}")
    click.echo({
        "detector": f"        adbench check {name} && adbench run -d {name} --channel 1",
        "dataset": f"        adbench datasets info {name} && adbench run --dataset {name} -d isolation_forest",
        "metric": f"        adbench leaderboard --metric {name}",
    }[kind])  # fmt: skip
