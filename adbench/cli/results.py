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
        "verify": "adbench.cli.results_verify",
        "merge": "adbench.cli.results_merge",
        "export-reference": "adbench.cli.results_export_reference",
        "export-scores": "adbench.cli.results_export_scores",
    }
    kind = "command of adbench results"
    listing = "adbench results -h"


@click.group(name="results", cls=_Verbs)
def command() -> None:
    """Look into stored results, check and merge them, take in published ones, remove some."""
