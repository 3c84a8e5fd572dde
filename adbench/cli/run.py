"""``adbench run``: train detectors on channels and store their scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from adbench.cli.launching import launching_options
from adbench.cli.options import dataset_options, make_dataset_options


@click.command(name="run")
@click.option(
    "-d", "--detector", "detectors", metavar="NAME", multiple=True, required=True, help="Detector; repeatable."
)
@click.option(
    "-c",
    "--channel",
    "channels",
    metavar="NAME",
    multiple=True,
    default=("all",),
    show_default=True,
    help="Channel; repeatable.",
)
@click.option("--dataset", metavar="NAME", default="darkmachines", show_default=True, help="Data set.")
@dataset_options
@click.option("--seeds", metavar="LIST", default="0", show_default=True, help="3, 0,2,5 or 0:5 (which is 0 to 4).")
@click.option(
    "--preset", metavar="NAME", default="default", show_default=True, help="Preset of parameters, such as paper."
)
@click.option(
    "--set",
    "changes",
    metavar="KEY=VALUE",
    multiple=True,
    help="Change a parameter of every detector given, or of one: NAME.KEY=VALUE; repeatable.",
)
@click.option("--max-events", metavar="N", type=click.IntRange(1), help="Use only the first N events of each sample.")
@launching_options
def command(
    detectors: tuple[str, ...],
    channels: tuple[str, ...],
    dataset: str,
    edition: str | None,
    data: Path | None,
    split: str | None,
    folds: int,
    raw: bool,
    skip_bad_lines: bool,
    seeds: str,
    preset: str,
    changes: tuple[str, ...],
    max_events: int | None,
    **launching: Any,
) -> None:
    """Train detectors on background, score background and every signal, and store the scores.

    Results that are already stored are not computed again: the same command continues where it was stopped.

    \b
      adbench run --detector gcn_vae_householder --channel all
      adbench run -d isolation_forest -d met -c 2b --seeds 0:3
      adbench run -d gcn_vae --preset paper --set beta=0.5 --dry-run
      adbench run -d met --data my_events/ --channel 1 --split k-folds
    """
    from adbench.cli.launching import launch_study
    from adbench.runs.study import DetectorChoice, Study, parse_seeds

    overrides = _overrides(changes, detectors)
    study = Study(
        detectors=tuple(DetectorChoice(name, preset, overrides[name]) for name in dict.fromkeys(detectors)),
        dataset=dataset,
        options=make_dataset_options(edition, data, split, folds, raw, skip_bad_lines),
        channels=tuple(dict.fromkeys(channels)),
        seeds=parse_seeds(seeds),
        max_events=max_events,
        name="run",
    )
    launch_study(study, **launching)


def _overrides(changes: tuple[str, ...], detectors: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the changed parameters of each detector from texts such as ``beta=0.5`` and ``gcn_vae.beta=0.5``."""
    from adbench.api import UnknownNameError, UsageError

    found: dict[str, dict[str, str]] = {name: {} for name in detectors}
    for change in changes:
        left, equals, value = change.partition("=")
        if not equals or not left:
            msg = f"--set {change} is no change of a parameter; write KEY=VALUE or DETECTOR.KEY=VALUE"
            raise UsageError(msg)
        owner, dot, key = left.rpartition(".")
        if dot and owner not in found:
            raise UnknownNameError("detector of this command", owner, found)
        for name in [owner] if dot else found:
            found[name][key] = value
    return found
