"""What to run, said on the command line: detectors, channels, data set, seeds, parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from adbench.cli import completing
from adbench.cli.options import dataset_options, plugin_file_option

if TYPE_CHECKING:
    from pathlib import Path

    from adbench.runs.study import Study

__all__ = ["choosing_options", "choosing_parameters", "study_of_file", "take_study"]

F = TypeVar("F", bound=Callable[..., Any])

_DETECTORS = (
    click.option("-d", "--detector", "detectors", metavar="NAME", multiple=True,
                 help="Detector; repeatable, or a,b, or all.", shell_complete=completing.detectors_or_all),
    click.option("-c", "--channel", "channels", metavar="NAME", multiple=True, default=("all",), show_default=True,
                 help="Channel; repeatable, or 1,2a.", shell_complete=completing.channels),
    click.option("--dataset", metavar="NAME", default="darkmachines", show_default=True, help="Data set.",
                 shell_complete=completing.datasets, is_eager=True),
    dataset_options,
    plugin_file_option,
    click.option("--seeds", metavar="LIST", default="0", show_default=True, help="3, 0,2,5 or 0:5 (which is 0 to 4)."),
    click.option("--preset", metavar="NAME", default="default", show_default=True,
                 help="Preset of parameters, such as paper."),
    click.option("--set", "changes", metavar="KEY=VALUE", multiple=True,
                 help="Change a parameter of every detector given, or of one: NAME.KEY=VALUE; repeatable."),
    click.option("--contamination", metavar="LIST", default="0", show_default=True,
                 help="Share of signal among the events that are learnt from, such as 0,0.001,0.01; each a run."),
    click.option("--max-events", metavar="N", type=click.IntRange(1),
                 help="Use only the first N events of each sample."),
)  # fmt: skip


def choosing_options(function: F) -> F:
    """Add the options that say what is run."""
    for option in reversed(_DETECTORS):
        function = option(function)
    return function


def choosing_parameters() -> list[click.Parameter]:
    """Return these options as click knows them."""
    return click.command()(choosing_options(lambda **_: None)).params


def study_of_file(file: Path) -> tuple[Path, Study]:
    """Return the path and the content of a study file, or of the study of that name which comes with adbench.

    Plugin files that the command line names are used beside those of the study.

    Raises:
        MissingError: there is neither.
        UsageError: the file is no study.
    """
    import dataclasses
    from pathlib import Path

    from adbench.pluginfiles import named_files
    from adbench.runs.shipped import find_study
    from adbench.runs.studyfile import read_study

    path = find_study(file)
    study = read_study(path)
    files = dict.fromkeys([*study.plugin_files, *map(Path, named_files())])
    return path, dataclasses.replace(study, plugin_files=tuple(files))


def take_study(given: dict[str, Any]) -> Study:
    """Take the values of `choosing_options` out of all that were given and return the study, named run.

    Raises:
        UsageError: no detector is named, or a value cannot be read.
    """
    from pathlib import Path

    from adbench.api import UsageError
    from adbench.pluginfiles import named_files
    from adbench.registry import catalogue
    from adbench.runs.contamination import parse_contaminations
    from adbench.runs.study import ALL, DetectorChoice, Study, parse_seeds

    detectors = _named(given.pop("detectors"))
    if ALL in detectors:  # by name, so that --set can change a parameter of one
        installed = [spec.name for spec in catalogue().detectors]
        detectors = tuple(dict.fromkeys(name for name in (*detectors, *installed) if name != ALL))
    if not detectors:
        msg = "no detector to run; name one with --detector NAME (adbench list detectors)"
        raise UsageError(msg)
    preset, overrides = given.pop("preset"), _overrides(given.pop("changes"), detectors)
    return Study(
        detectors=tuple(DetectorChoice(name, preset, overrides[name]) for name in detectors),
        dataset=given.pop("dataset"),
        options=given.pop("options"),
        channels=_named(given.pop("channels")),
        seeds=parse_seeds(given.pop("seeds")),
        max_events=given.pop("max_events"),
        contaminations=parse_contaminations(given.pop("contamination")),
        plugin_files=tuple(Path(path) for path in named_files()),
        name="run",
    )


def _named(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of a repeatable option, each once; one value may hold several, with commas between them."""
    return tuple(dict.fromkeys(name.strip() for text in given for name in text.split(",") if name.strip()))


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
