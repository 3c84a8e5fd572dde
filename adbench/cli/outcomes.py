"""The outcomes of conformance checks, as a table with what is to be mended below it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from adbench.cli.tables import echo, echo_json, paragraph, table

if TYPE_CHECKING:
    from adbench.testing.conformance import Outcome

__all__ = ["tell_outcomes"]


def tell_outcomes(context: click.Context, kind: str, found: Mapping[str, Sequence[Outcome]], *, as_json: bool) -> None:
    """Print the outcomes of each plugin that was checked, and end the command: 1 when a check failed, else 0.

    Args:
        context: of the command; with ``--debug`` tracebacks are shown too.
        kind: what was checked, the key of its name in JSON.
        found: outcomes by name.
        as_json: print JSON instead of tables.
    """
    if as_json:
        each = {name: [dataclasses.asdict(outcome) for outcome in outcomes] for name, outcomes in found.items()}
        echo_json([{kind: name, "checks": checks} for name, checks in each.items()])
    else:
        for name, outcomes in found.items():
            _print(name, outcomes, debug=context.find_root().params["debug"])
    context.exit(1 if any(outcome.status == "fail" for outcomes in found.values() for outcome in outcomes) else 0)


def _print(name: str, outcomes: Sequence[Outcome], *, debug: bool) -> None:
    failed = [outcome for outcome in outcomes if outcome.status == "fail"]
    skipped = sum(outcome.status == "skipped" for outcome in outcomes)
    echo(table(["check", "outcome", "reason"], [[o.check, o.status, o.reason] for o in outcomes]))
    echo(*(paragraph(f"{outcome.check}: {outcome.fix}") for outcome in failed))
    if debug:
        click.echo("".join(dict.fromkeys(outcome.traceback for outcome in failed)), nl=False)
    echo(paragraph(f"{name}: {len(outcomes) - len(failed) - skipped} passed, {len(failed)} failed, {skipped} skipped"))
