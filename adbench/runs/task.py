"""A run as it is sent to the process that will do it."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adbench.api.dataset import DatasetOptions
from adbench.api.errors import DataError, UsageError
from adbench.pluginfiles import named_files
from adbench.runs.key import RunIdentity
from adbench.runs.limits import Limits
from adbench.runs.plan import PlannedRun
from adbench.runs.schema import checked

__all__ = ["Settings", "Task", "task_for"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How runs are done, which does not change their scores.

    Attributes:
        device: ``auto``, ``cpu`` or a torch device.
        threads: number of threads of each run.
        limits: time and memory that a run may use.
        executor: name of who launches the runs.
        devices: how many devices share a fit.
    """

    device: str = "auto"
    threads: int = 1
    limits: Limits = field(default_factory=Limits)
    executor: str = "local"
    devices: int = 1


@dataclass(frozen=True, slots=True)
class Task:
    """One run, with all that another process needs to do it. It can be pickled and written as JSON.

    Attributes:
        identity: what decides the scores.
        entry: name on the leaderboard.
        preset: preset of the parameters.
        changed: parameters that differ from it.
        options: how to open the data set.
        results: the results folder.
        settings: device, threads, limits.
        resume_failed: go on from the model of an earlier attempt that failed after its training.
        replaces: the stored attempt that it is to replace; a later one is by another process, and stays.
        command: the command line that asked for it.
        plugin_files: absolute paths of plugins that are single files and not installed.
    """

    identity: RunIdentity
    entry: str
    preset: str
    changed: Mapping[str, Any]
    options: DatasetOptions
    results: Path
    settings: Settings = field(default_factory=Settings)
    resume_failed: bool = False
    replaces: str = ""
    command: str = ""
    plugin_files: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the task as JSON."""
        content = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        content["identity"] = self.identity.as_dict()
        content["options"] = dataclasses.asdict(self.options)
        content["settings"] = dataclasses.asdict(self.settings)
        return json.dumps(content, indent=1, default=str) + "\n"

    @classmethod
    def from_json(cls, text: str, place: str = "task") -> Task:
        """Return the task that `to_json` wrote; raise DataError naming the place when it is none."""
        try:
            content = json.loads(text)
            content["identity"] = RunIdentity.from_dict(content["identity"])
            options = content["options"]
            for name in ("data", "cache"):
                options[name] = None if options[name] is None else Path(options[name])
            content["options"] = DatasetOptions(**checked(DatasetOptions, options))
            settings = content["settings"]
            limits = Limits(**checked(Limits, settings["limits"]))
            content["settings"] = Settings(**checked(Settings, {**settings, "limits": limits}))
            content["results"] = Path(content["results"])
            return cls(**checked(cls, content))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError) as error:
            msg = f"{place}: no task of adbench ({type(error).__name__}: {error})"
            raise DataError(msg) from error


def task_for(run: PlannedRun, options: DatasetOptions, results: Path, settings: Settings | None = None) -> Task:
    """Return the task of a planned run."""
    return Task(
        identity=run.identity,
        entry=run.entry,
        preset=run.choice.preset,
        changed=dict(run.choice.overrides),
        options=options,
        results=results,
        settings=settings or Settings(),
        resume_failed=run.resume_failed,
        replaces=run.replaces,
        command=shlex.join(["adbench", *sys.argv[1:]]),
        plugin_files=named_files(),
    )
