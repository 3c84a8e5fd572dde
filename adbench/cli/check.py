"""``adbench check``: does a detector keep its contract?"""

from __future__ import annotations

import functools

import click

from adbench.cli.options import plugin_file_option
from adbench.cli.tables import echo, echo_json, paragraph, table


@click.command(name="check", short_help="Check that a detector keeps its contract.")
@click.argument("detector")
@functools.partial(plugin_file_option, also=("--file",))
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as JSON.")
@click.pass_context
def command(context: click.Context, detector: str, as_json: bool) -> None:
    """Check a detector on a few hundred made-up events: scores, repeatability, manners, sign, saving.

    It is trained three times with its default preset; counts of epochs are cut to 3, so that this takes seconds.
    The exit code is 1 when a check fails.

    \b
      adbench check isolation_forest
      adbench check my_detector --file my_detector.py
    """
    import dataclasses

    from adbench.registry import catalogue
    from adbench.testing.conformance import check_detector

    outcomes = list(check_detector(catalogue().detectors.get(detector)))
    failed = [outcome for outcome in outcomes if outcome.status == "fail"]
    if as_json:
        echo_json({"detector": detector, "checks": [dataclasses.asdict(outcome) for outcome in outcomes]})
    else:
        echo(table(["check", "outcome", "reason"], [[o.check, o.status, o.reason] for o in outcomes]))
        echo(*(paragraph(f"{outcome.check}: {outcome.fix}") for outcome in failed))
        skipped = sum(outcome.status == "skipped" for outcome in outcomes)
        passed = len(outcomes) - len(failed) - skipped
        echo(paragraph(f"{detector}: {passed} passed, {len(failed)} failed, {skipped} skipped"))
    context.exit(1 if failed else 0)
