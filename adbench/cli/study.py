"""``adbench study``: run what a study file describes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from adbench.cli.launching import launching_options
from adbench.cli.options import plugin_file_option


@click.command(name="study", short_help="Run what a study file describes.")
@click.argument("file", type=click.Path(path_type=Path))
@plugin_file_option
@launching_options
def command(file: Path, **launching: Any) -> None:
    """Run the study that a YAML FILE describes: data set, channels, detectors with parameter grids, seeds, limits.

    FILE may be the name of a study that comes with adbench, such as density-ratio.

    \b
      name: beta-scan
      dataset: darkmachines          # or {name: darkmachines, edition: sample, data: DIR, split: 80-10-10}
      channels: [1, 2a]              # or: all
      detectors:
        - isolation_forest
        - gcn_vae: {preset: paper, beta: [0.1, 1.0]}    # a list spans a grid
      seeds: 0:3
      limits: {max_events: 10000, timeout: 3h, memory: 4G}
      figures: [boxes]
    """
    from adbench.cli.choosing import study_of_file
    from adbench.cli.launching import launch_study

    path, study = study_of_file(file)
    if path != file and path.with_suffix(".py").exists():
        click.echo(f"afterwards    python {path.with_suffix('.py')} prints its tables and draws its figures", err=True)
    launch_study(study, **launching)
