"""``adbench check``: does a detector keep its contract?"""

from __future__ import annotations

import functools

import click

from adbench.cli import completing
from adbench.cli.options import plugin_file_option
from adbench.cli.outcomes import tell_outcomes


@click.command(name="check", short_help="Check that a detector keeps its contract.")
@click.argument("detector", required=False, shell_complete=completing.detectors)
@functools.partial(plugin_file_option, also=("--file",))
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as JSON.")
@click.pass_context
def command(context: click.Context, detector: str | None, as_json: bool) -> None:
    """Check a detector on a few hundred made-up events: scores, repeatability, manners, sign, saving.

    It is trained three times with its default preset, four times where it is semi-supervised; counts of epochs are
    cut to 3, so that this takes seconds. Without a name, all detectors of the file are checked. The exit code is 1
    when a check fails, 3 when the file cannot be imported.

    \b
      adbench check isolation_forest
      adbench check --file my_detector.py
    """
    from adbench.registry import catalogue
    from adbench.testing.conformance import check_detector

    names = [detector] if detector else _of_files()
    found = {name: list(check_detector(catalogue().detectors.get(name))) for name in names}
    tell_outcomes(context, "detector", found, as_json=as_json)


def _of_files() -> list[str]:
    """Return the names of the detectors in the plugin files given."""
    from pathlib import Path

    from adbench.api import UsageError
    from adbench.pluginfiles import named_files
    from adbench.registry import catalogue

    files = {Path(path).name for path in named_files()}
    if not files:
        msg = "which detector? Name one (adbench list detectors), or a file: adbench check --file my_detector.py"
        raise UsageError(msg)
    owners = catalogue().detectors.owners
    names = [name for name, owner in owners.items() if owner.distribution in files]
    if not names:
        msg = f"{', '.join(sorted(files))} offers no detector; give it the hook adbench_detectors"
        raise UsageError(msg)
    return names
