"""The state of a study, while it runs and after, from files alone."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adbench.api.errors import DataError, UnknownNameError, UsageError
from adbench.runs.files import write_whole
from adbench.runs.heartbeat import read_pulse
from adbench.runs.key import RunIdentity
from adbench.runs.plan import PlannedRun
from adbench.runs.store import ResultsFolder

__all__ = ["RunState", "read_status", "studies", "write_plan"]


@dataclass(frozen=True, slots=True)
class RunState:
    """One run of a study as it is now.

    Attributes:
        entry: name on the leaderboard.
        identity: what it is.
        state: ``waiting``, ``running``, ``lost`` (its process died; the same command continues) or a status.
        detail: phase and figures of a running run, the reason of a failed one.
        seconds: how long it took; for a running one, seconds since its last sign of life.
    """

    entry: str
    identity: RunIdentity
    state: str
    detail: str = ""
    seconds: float | None = None


def write_plan(plan: Sequence[PlannedRun], path: Path) -> None:
    """Keep which runs a study has, so that its state can be told from the results folder."""
    content = [{"entry": run.entry, "identity": run.identity.as_dict()} for run in plan]
    write_whole(path, json.dumps(content, indent=1) + "\n")


def studies(results: ResultsFolder) -> list[str]:
    """Return the names of the studies of a results folder, the newest first."""
    files = (results.root / "studies").glob("*.plan.json")
    return [
        path.name.removesuffix(".plan.json")
        for path in sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
    ]


def read_status(results: ResultsFolder, study: str) -> list[RunState]:
    """Return the state of every run of a study.

    Raises:
        UnknownNameError: the results folder has no such study.
        DataError: its plan is damaged.
    """
    path = results.root / "studies" / f"{study}.plan.json"
    if study not in studies(results):
        raise UnknownNameError("study", study, studies(results))
    try:
        content: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        planned = [(str(item["entry"]), RunIdentity.from_dict(item["identity"])) for item in content]
    except (OSError, ValueError, KeyError, TypeError, RecursionError, UsageError) as error:
        msg = f"{path}: damaged plan ({type(error).__name__}: {error}); run the study again"
        raise DataError(msg) from error
    return [_state(results, entry, identity) for entry, identity in planned]


def _state(results: ResultsFolder, entry: str, identity: RunIdentity) -> RunState:
    work = results.work_folder(identity)
    if work.exists():
        pulse = read_pulse(work)
        figures = "  ".join(f"{name} {value:.4g}" for name, value in pulse.figures.items())
        steps = f"{pulse.step}/{pulse.total}" if pulse.total > 1 else ""
        detail = "  ".join(part for part in (pulse.phase, steps, figures) if part)
        if pulse.alive:
            return RunState(entry, identity, "running", detail, max(0.0, time.time() - pulse.seen))
        if results.find(identity) is None:
            return RunState(entry, identity, "lost", f"its process died in phase {pulse.phase}")
    try:
        stored = results.find(identity)
    except DataError as error:
        return RunState(entry, identity, "damaged", str(error))
    if stored is None:
        return RunState(entry, identity, "waiting")
    return RunState(entry, identity, stored.record.status, stored.record.reason, stored.record.timings.get("total"))
