"""The detectors that a study asks for, each with the points of its grid; those whose plugin does not work with why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from adbench.api.dataset import DatasetInfo
from adbench.api.errors import ParameterError, PluginError, UnknownNameError
from adbench.api.specs import DetectorSpec
from adbench.registry import Catalogue
from adbench.runs.key import canonical_json
from adbench.runs.requirements import missing_requirements
from adbench.runs.study import ALL, DetectorChoice, Study, expand_grid, located

__all__ = ["chosen_detectors", "missing_words"]


def chosen_detectors(
    study: Study, catalogue: Catalogue, info: DatasetInfo, channels: Sequence[str]
) -> Iterator[tuple[DetectorSpec, DetectorChoice, str]]:
    """Yield each detector with each point of its grid, and why its plugin does not work; empty = it does.

    Several detectors do not wait for the author of one; the only detector of a study raises what is wrong with it.
    """
    installed = [spec.name for spec in catalogue.detectors]
    named = [
        (wanted, name) for wanted in study.detectors for name in (installed if wanted.name == ALL else [wanted.name])
    ]
    for wanted, name in named:
        choice, trouble = dataclasses.replace(wanted, name=name), ""
        with located(wanted.place):
            spec = catalogue.detectors.get(name)
            try:
                _try_out(spec, info, channels)
            except (ParameterError, PluginError) as error:
                if len({name for _, name in named}) == 1:
                    raise
                missing, owner = missing_words(spec), catalogue.detectors.owners[name]
                trouble = missing or f"plugin {owner.distribution} {owner.version} does not work: {error}"
            choices = [choice] if trouble else list(expand_grid(choice, spec))
        for point in choices:
            yield spec, point, trouble


def _try_out(spec: DetectorSpec, info: DatasetInfo, channels: Sequence[str]) -> None:
    """Raise ParameterError or PluginError when a plugin cannot tell a run's parameters or where it can be used."""
    spec.params_type()
    try:
        canonical_json(dataclasses.asdict(spec.resolve()))
    except UnknownNameError as error:  # in its own `params`: no mistake of the study
        raise ParameterError(str(error)) from error
    except (TypeError, ValueError) as error:
        msg = f"parameters of '{spec.name}' cannot be stored: {error}; adbench check {spec.name} says which types can"
        raise PluginError(msg) from error
    for channel in channels:
        if channel in info.channels:
            spec.obstacle(info, channel)


def missing_words(spec: DetectorSpec) -> str:
    """Return which requirements are missing and how to install them; empty = none."""
    missing = missing_requirements(spec.requires)
    return f"needs {', '.join(missing)}: pip install {' '.join(map(repr, missing))}" if missing else ""
