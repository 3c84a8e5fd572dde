"""From a study to its stored results: plan, launch what is missing, keep the resolved study."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adbench.plugins import Plugins
from adbench.runs.execute import store_without_scores
from adbench.runs.files import writing
from adbench.runs.plan import PlannedRun
from adbench.runs.record import Record
from adbench.runs.status import write_plan
from adbench.runs.store import ResultsFolder, StoredRun
from adbench.runs.study import Study
from adbench.runs.studywriting import write_study
from adbench.runs.task import Settings, Task, task_for

if TYPE_CHECKING:
    from adbench.executors.base import Executor, Listener

__all__ = ["Outcome", "cores", "launch"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a study ended.

    Attributes:
        runs: what was stored now, in the order in which it finished.
        cached: number of runs that were there before.
        failed_earlier: number of runs that failed before and were not tried again.
        skipped: number of runs that make no sense or lack a requirement.
    """

    runs: tuple[StoredRun, ...]
    cached: int
    failed_earlier: int
    skipped: int

    @property
    def statuses(self) -> Counter[str]:
        """Number of new runs by status."""
        return Counter(run.record.status for run in self.runs)

    @property
    def failures(self) -> tuple[Record, ...]:
        """Records of the new runs that gave no scores."""
        return tuple(run.record for run in self.runs if run.record.status not in ("ok", "skipped"))


def launch(
    study: Study,
    plan: Sequence[PlannedRun],
    results: ResultsFolder,
    executor: Executor,
    listener: Listener,
    plugins: Plugins,
    settings: Settings | None = None,
) -> Outcome:
    """Launch what a plan says is to be run and return how it ended.

    What is skipped is stored with its reason, so that no cell of a board is empty without one.
    """
    with writing(results.root):
        results.sweep()
        write_study(study, results.root / "studies" / f"{study.name}.yaml")
        write_plan(plan, results.root / "studies" / f"{study.name}.plan.json")
    tasks: list[Task] = []
    for run in plan:
        task = task_for(run, study.options, results.root, settings)
        if run.action == "run":
            tasks.append(task)
        elif run.action in ("skipped", "not installed") and results.find(run.identity) is None:
            store_without_scores(task, "skipped" if run.action == "skipped" else "not_installed", run.reason)
    stored = []
    for finished in executor.run(tasks, listener):
        stored.append(finished)
        _tell_plugins(plugins, finished.record)
    actions = Counter(run.action for run in plan)
    skipped = actions["skipped"] + actions["not installed"]
    return Outcome(tuple(stored), actions["cached"], actions["failed earlier"], skipped)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _tell_plugins(plugins: Plugins, record: Record) -> None:
    for hook in plugins.manager.hook.adbench_run_finished.get_hookimpls():
        try:
            hook.function(json.loads(record.to_json()))
        except Exception as error:  # noqa: BLE001  a plugin's observer must not end a study
            plugins.problems.append(plugins.trouble(hook.plugin_name, "adbench_run_finished", error))
