"""``adbench run``: train detectors on channels and store their scores."""

from __future__ import annotations

from typing import Any

import click

from adbench.cli.choosing import choosing_options, take_study
from adbench.cli.launching import launching_options


@click.command(name="run", short_help="Train detectors and store their scores.")
@choosing_options
@launching_options
def command(**given: Any) -> None:
    """Train detectors on background, score background and every signal, and store the scores.

    Results that are already stored are not computed again: the same command continues where it was stopped.

    \b
      adbench run --detector gcn_vae_householder --channel all
      adbench run -d isolation_forest -d met -c 2b --seeds 0:3
      adbench run -d gcn_vae --preset paper --set beta=0.5 --dry-run
      adbench run -d met --data my_events/ --channel 1 --split k-folds
    """
    from adbench.cli.launching import launch_study

    launch_study(take_study(given), **given)
