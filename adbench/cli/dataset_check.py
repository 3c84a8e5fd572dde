"""``adbench datasets check``: does a data set keep its contract?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from adbench.cli import completing
from adbench.cli.options import dataset_options, plugin_file_option
from adbench.cli.outcomes import tell_outcomes

if TYPE_CHECKING:
    from adbench.api import DatasetOptions


@click.command(name="check", short_help="Check that a data set keeps its contract.")
@click.argument("name", shell_complete=completing.datasets)
@plugin_file_option
@dataset_options
@click.option("-c", "--channel", "channels", metavar="NAME", multiple=True, help="Channel; repeatable.  [default: all]")
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as JSON.")
@click.pass_context
def command(
    context: click.Context,
    name: str,
    options: DatasetOptions,
    channels: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check the events of a data set: sound numbers, the same each time, nothing both learnt from and measured.

    Every sample of every channel is read, twice; which events are meant is chosen as for a run. The exit code is 1 when
    a check fails.

    \b
      adbench datasets check lhco
      adbench datasets check darkmachines --data my_events/ --channel 2b
    """
    from adbench.registry import catalogue
    from adbench.testing.dataset_conformance import check_dataset

    spec = catalogue().datasets.get(name)
    tell_outcomes(context, "dataset", {name: list(check_dataset(spec, options, channels))}, as_json=as_json)
