"""``adbench list``: everything that the installed plugins offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from adbench.cli.options import plugin_file_option
from adbench.cli.tables import echo, echo_json, format_option, paragraph, table

if TYPE_CHECKING:
    from adbench.api.specs import Spec

_SORTS = ("detectors", "datasets", "metrics", "rankings", "executors")


@click.command(name="list")
@click.argument("what", metavar="|".join(_SORTS))
@plugin_file_option
@format_option
def command(what: str, style: str) -> None:
    """List what the installed plugins offer.

    \b
      adbench list detectors
      adbench list metrics --format json
    """
    from adbench.api.errors import UnknownNameError
    from adbench.plugins import plugins
    from adbench.registry import catalogue

    if what not in _SORTS:
        raise UnknownNameError("list of", what, _SORTS)
    registry = getattr(catalogue(), what)
    rows = [{**_described(spec), "plugin": _owner(registry, spec.name)} for spec in registry]
    if style == "json":
        echo_json(rows)
        return
    if not rows:
        echo(paragraph(f"no {what}; install a plugin that brings some"))
        return
    for row in rows:
        row["plugin"] = row["plugin"].partition(" ")[0]
    cells = [[_text(value) for value in row.values()] for row in rows]
    echo(table(list(rows[0]), cells, spare=["plugin", "presets", "scores"]))
    if plugins().problems:
        count = len(plugins().problems)
        click.echo(f"{count} plugin{'s' * (count > 1)} could not be used: adbench plugins", err=True)


def _described(spec: Spec) -> dict[str, Any]:
    from adbench.api.specs import DatasetSpec, DetectorSpec, MetricSpec

    described: dict[str, Any] = {"name": spec.name}
    if isinstance(spec, DetectorSpec):
        described |= {"supervision": spec.supervision, "scores": list(spec.scores)}
        described |= {"presets": sorted({"default", *spec.presets})}
    elif isinstance(spec, DatasetSpec):
        described |= {"editions": list(spec.editions), "splits": list(spec.splits)}
    elif isinstance(spec, MetricSpec):
        described["name"] += "@X" if spec.parameter else ""
        described["X"] = spec.parameter
    return {**described, "summary": spec.summary}


def _owner(registry: Any, name: str) -> str:
    owner = registry.owners[name]
    return f"{owner.distribution} {owner.version}"


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
