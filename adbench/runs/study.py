"""What to run: data set, channels, detectors with their parameters, seeds and limits."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adbench.api.dataset import DatasetOptions
from adbench.api.errors import AdbenchError, UsageError
from adbench.api.params import is_grid
from adbench.api.specs import DetectorSpec
from adbench.runs.limits import Limits

__all__ = ["ALL", "PRECISIONS", "DetectorChoice", "Study", "entry_name", "expand_grid", "located", "parse_seeds"]


_MOST_SEEDS = 10_000

ALL = "all"
"""Stands for every channel of the data set, or for every installed detector."""

PRECISIONS = ("32-true", "bf16-mixed", "16-mixed", "64-true")
"""Precisions of a fit; the first is the default. Another one changes scores and so makes another run."""


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """A detector with a preset and changed parameters; `place` says where a study file names it."""

    name: str
    preset: str = "default"
    overrides: Mapping[str, Any] = field(default_factory=dict)
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Study:
    """A set of runs: every detector on every channel with every seed.

    Attributes:
        detectors: the detectors; one named ``all`` stands for every installed one.
        dataset: name of the data set.
        options: edition, folder, split and reading options of the data set.
        channels: names of channels; ``all`` stands for every channel.
        seeds: the seeds.
        max_events: use only the first events of each sample; None = all.
        limits: time and memory of each run.
        figures: names of figures to draw when the runs are done.
        precision: of the fit of torch detectors, as lightning-fabric names it.
        contaminations: shares of signal among the events that are learnt from, each a run of its own.
        plugin_files: absolute paths of files with detectors that are not installed.
        name: under which the resolved study is kept in the results folder.
        places: where a study file says each of these, as ``file:line``; for messages.
    """

    detectors: tuple[DetectorChoice, ...]
    dataset: str = "darkmachines"
    options: DatasetOptions = field(default_factory=DatasetOptions)
    channels: tuple[str, ...] = (ALL,)
    seeds: tuple[int, ...] = (0,)
    max_events: int | None = None
    limits: Limits = field(default_factory=Limits)
    figures: tuple[str, ...] = ()
    precision: str = PRECISIONS[0]
    contaminations: tuple[float, ...] = (0.0,)
    plugin_files: tuple[Path, ...] = ()
    name: str = "study"
    places: Mapping[str, str] = field(default_factory=dict, compare=False)


@contextlib.contextmanager
def located(place: str | None) -> Iterator[None]:
    """Put a place, such as ``scan.yaml:7``, in front of the message of an error that is raised in the block."""
    try:
        yield
    except AdbenchError as error:
        if place:
            error.args = (f"{place}: {error}",)
        raise


def entry_name(choice: DetectorChoice, precision: str = PRECISIONS[0], contamination: float = 0.0) -> str:
    """Return the name on the leaderboard: the preset unless it is the default, and everything that was changed.

    Example:
        >>> entry_name(DetectorChoice("gcn_vae", "paper", {"beta": 0.5}))
        'gcn_vae[paper,beta=0.5]'
    """
    parts = [] if choice.preset == "default" else [choice.preset]
    parts += [f"{name}={_short(value)}" for name, value in sorted(choice.overrides.items())]
    parts += [] if precision == PRECISIONS[0] else [precision]
    parts += [f"contamination={contamination:g}"] if contamination else []
    return f"{choice.name}[{','.join(parts)}]" if parts else choice.name


def expand_grid(choice: DetectorChoice, spec: DetectorSpec) -> Iterator[DetectorChoice]:
    """Yield one choice per point of the grid that list values span, in the order of the file.

    Raises:
        UsageError: a parameter has an empty list: a grid without points runs nothing.
    """
    params = spec.params_type()
    for name, value in choice.overrides.items():
        if value == [] and is_grid(params, name, value):
            msg = f"parameter {name} of {choice.name} has no values, so nothing would run; list one, or leave it out"
            raise UsageError(msg)
    axes = [
        [(name, point) for point in value] if is_grid(params, name, value) else [(name, value)]
        for name, value in choice.overrides.items()
    ]
    for point in itertools.product(*axes):
        yield DetectorChoice(choice.name, choice.preset, dict(point), choice.place)


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds of ``"3"``, ``"0,2,5"`` or ``"0:5"`` (five seeds, 0 to 4).

    Raises:
        UsageError: the text is none of these.
    """
    try:
        if ":" in text:
            first, _, end = text.partition(":")
            wanted = range(int(first or 0), int(end))
            seeds = tuple(wanted[: _MOST_SEEDS + 1])
        else:
            seeds = tuple(int(part) for part in text.split(","))
        if not seeds or min(seeds) < 0 or len(set(seeds)) != len(seeds) or len(seeds) > _MOST_SEEDS:
            raise ValueError(text)
    except ValueError:
        msg = f"seeds '{text}' are no list of distinct numbers from 0; write 3, 0,2,5 or 0:5 (which is 0 to 4)"
        raise UsageError(msg) from None
    return seeds


def _short(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "x".join(_short(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
