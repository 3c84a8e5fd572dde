"""``adbench datasets``: look into data sets, get them, make them, check them."""

from __future__ import annotations

import click

from adbench.cli.dataset_verbs import DatasetVerbs


@click.group(name="datasets", cls=DatasetVerbs)
def command() -> None:
    """Look into data sets, get them, make them, check them."""
