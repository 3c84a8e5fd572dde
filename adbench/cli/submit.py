"""``adbench submit``: the runs of a study as jobs of a batch system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from adbench.cli.choosing import choosing_options, choosing_parameters, study_of_file, take_study
from adbench.cli.launching import planning_options


@click.command(name="submit", short_help="Submit runs to HTCondor or Slurm.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--to", "system", metavar="NAME", required=True, help="Batch system: condor or slurm.")
@click.option(
    "--line",
    "lines",
    metavar="TEXT",
    multiple=True,
    help="Line for the submit file: 'accounting_group = cms', '--partition=gpu'; repeatable.",
)
@click.option("--no-submit", is_flag=True, help="Write the files and stop.")
@click.option("--again", is_flag=True, help="Also submit runs whose earlier job has not stored them yet.")
@choosing_options
@planning_options
def command(
    file: Path | None, system: str, lines: tuple[str, ...], no_submit: bool, again: bool, **given: Any
) -> None:  # fmt: skip
    """Submit the runs of a study FILE, or of the detectors named, to HTCondor or Slurm.

    Takes what ``adbench run`` and ``adbench study`` take. Each missing run becomes one job; runs that are stored,
    being done or submitted before are left out. The results folder must be on a file system that the jobs share.
    Detectors that a GPU makes faster ask for one unless --device cpu is given.

    \b
      adbench submit -d gcn_vae --seeds 0:5 --to condor --timeout 3h --memory-limit 4G
      adbench submit study.yaml --to slurm --line=--account=hep
      adbench status
    """
    from adbench.api import UsageError
    from adbench.cli.launching import prepare_study, with_precision
    from adbench.executors.base import Quiet
    from adbench.executors.batch import BatchExecutor
    from adbench.executors.submitfiles import SYSTEMS
    from adbench.plugins import plugins
    from adbench.runs.launch import launch
    from adbench.runs.limits import Limits, parse_duration, parse_size
    from adbench.runs.task import Settings

    chosen = _chosen()
    if file is not None and chosen:
        msg = f"the study {file} says what to run; leave out {', '.join(chosen)}"
        raise UsageError(msg)
    study = take_study(given) if file is None else study_of_file(file)[1]
    limits = Limits(
        parse_duration(given["timeout"]) or study.limits.seconds,
        parse_size(given["memory_limit"]) or study.limits.memory,
    )
    settings = Settings(given["device"], given["threads"] or 1, limits, system, given["devices"])
    ready = prepare_study(with_precision(study, given["precision"]), given["results"], given["rerun"], given["dry_run"])
    if given["dry_run"]:
        return
    batch = BatchExecutor(system, study.name, lines, not no_submit, again)
    outcome = launch(study, ready.plan, ready.store, batch, Quiet(), plugins(), settings)
    counts = {"submitted" if batch.submit else "written": batch.submitted, "submitted before": batch.waiting,
              "running": batch.running, "stored before": outcome.cached, "failed earlier": outcome.failed_earlier,
              "skipped": outcome.skipped}  # fmt: skip
    said = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
    ready.console.print(f"jobs          {said or 'none'}; adbench status {study.name} follows them", soft_wrap=True)
    for path in batch.files:
        hint = "" if batch.submit else f"{SYSTEMS[system].command} "
        ready.console.print(f"              {hint}{path}", markup=False, soft_wrap=True)
    if batch.waiting:
        ready.console.print("              --again submits once more what was submitted before", markup=False)


def _chosen() -> list[str]:
    """Return the options given that a study file would contradict; further plugin files contradict nothing."""
    context = click.get_current_context()
    names = {parameter.name for parameter in choosing_parameters()} - {"plugin_file"}
    return [
        parameter.opts[-1]
        for parameter in context.command.params
        if parameter.name in names and context.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    ]
