"""``adbench results``: what is in the results folder, one file per verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from adbench.cli.lazy import LazyGroup


class _Verbs(LazyGroup):
    verbs: ClassVar[Mapping[str, str]] = {
        "list": "adbench.cli.results_list",
        "show": "adbench.cli.results_show",
        "remove": "adbench.cli.results_remove",
        "import": "adbench.cli.results_import",
        "published": "adbench.cli.results_published",
    }
    kind = "command of adbench results"
    listing = "adbench results -h"


@click.group(name="results", cls=_Verbs)
def command() -> None:
    """Look into stored results, take in published ones, remove some."""
