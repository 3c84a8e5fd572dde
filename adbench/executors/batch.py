"""Runs as jobs of HTCondor or Slurm: one file per run, one submit file, and nobody who has to wait.

``batch/<study>/`` in the results folder holds a ticket ``<run key>.json`` for every run that was submitted and is
not stored yet. A job does its ticket and removes it, so a run is not submitted again while its job waits.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adbench.api.errors import AdbenchError, DataError, MissingError, UnknownNameError
from adbench.executors.base import Listener
from adbench.executors.once import done_elsewhere, finish, stored_mark
from adbench.executors.resources import Resources
from adbench.executors.submitfiles import SYSTEMS
from adbench.runs.files import writing
from adbench.runs.names import path_name
from adbench.runs.store import StoredRun
from adbench.runs.task import Task

__all__ = ["BatchExecutor", "Ticket", "do_ticket"]

_MOST_JOBS = 1000  # of one submit file; Slurm's default for an array is 1001


@dataclass(frozen=True, slots=True)
class Ticket:
    """A run that waits for its job.

    Attributes:
        task: the run.
        mark: what was stored of it when it was submitted; a later result is not computed again.
    """

    task: Task
    mark: str

    def to_json(self) -> str:
        """Return the ticket as JSON."""
        return json.dumps({"mark": self.mark, "task": json.loads(self.task.to_json())}, indent=1) + "\n"

    @classmethod
    def read(cls, path: Path) -> Ticket:
        """Read a ticket.

        Raises:
            MissingError: the file is not there; its run may be done.
            DataError: the file is no ticket.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            mark, task = str(content["mark"]), json.dumps(content["task"])
        except FileNotFoundError as error:
            msg = f"no task {path}: its run is done, or it never was submitted; adbench status tells"
            raise MissingError(msg) from error
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            msg = f"{path}: no task of adbench ({type(error).__name__}: {error})"
            raise DataError(msg) from error
        return cls(Task.from_json(task, str(path)), mark)


def do_ticket(path: Path, stop: threading.Event) -> StoredRun | None:
    """Do the run of a ticket and remove the ticket; None when it was stopped, and then the ticket stays."""
    ticket = Ticket.read(path)
    stored = finish(ticket.task, ticket.mark, stop)
    if stored is not None:
        path.unlink(missing_ok=True)
    return stored


@dataclass
class BatchExecutor:
    """Writes tickets and submit files, and hands them to the batch system. Results come later.

    Attributes:
        system: ``condor`` or ``slurm``.
        study: name of the study, which becomes a folder.
        lines: further lines of the submit files, such as ``accounting_group = cms``.
        submit: call ``condor_submit`` or ``sbatch``.
        again: also submit runs whose job may still be waiting.
        files: the submit files written.
        submitted: number of runs in them.
        waiting: number of runs left out because they were submitted before.
        running: number of runs left out because somebody is doing them.
    """

    system: str
    study: str
    lines: Sequence[str] = ()
    submit: bool = True
    again: bool = False
    files: list[Path] = field(default_factory=list)
    submitted: int = 0
    waiting: int = 0
    running: int = 0

    def run(self, tasks: Sequence[Task], listener: Listener) -> Iterator[StoredRun]:
        """Submit the runs that nobody is doing and yield nothing.

        Raises:
            UnknownNameError: no such batch system.
            UsageError: the study's name or a further line cannot be written to a file safely.
            MissingError: the command of the batch system is not there.
            AdbenchError: it refused the jobs.
        """
        if self.system not in SYSTEMS:
            raise UnknownNameError("batch system", self.system, SYSTEMS)
        groups: dict[tuple[Path, Resources], list[Task]] = defaultdict(list)
        for task in tasks:
            folder = task.results / "batch" / path_name("study", self.study)
            if done_elsewhere(task):
                self.running += 1
            elif (folder / f"{task.identity.key}.json").exists() and not self.again:
                self.waiting += 1
            else:
                groups[folder, Resources.of(task)].append(task)
        for (folder, resources), group in groups.items():
            for first in range(0, len(group), _MOST_JOBS):
                self._submit(folder, resources, group[first : first + _MOST_JOBS])
        return iter(())

    def _submit(self, folder: Path, resources: Resources, tasks: Sequence[Task]) -> None:
        system = SYSTEMS[self.system]
        tickets = [folder / f"{path_name('run', task.identity.key)}.json" for task in tasks]
        text = system.write(folder, [ticket.stem for ticket in tickets], resources, self.lines)
        with writing(folder):
            (folder / "logs").mkdir(parents=True, exist_ok=True)
            file = _unused(folder, system.suffix)
            file.write_text(text, encoding="utf-8")
            for ticket, task in zip(tickets, tasks, strict=True):
                ticket.write_text(Ticket(task, stored_mark(task)).to_json(), encoding="utf-8")
        if self.submit:
            try:
                _hand_over([system.command, str(file)])
            except AdbenchError:
                for ticket in tickets:
                    ticket.unlink(missing_ok=True)
                raise
        self.files.append(file)
        self.submitted += len(tasks)


def _unused(folder: Path, suffix: str) -> Path:
    number = 1
    while (folder / f"jobs-{number}{suffix}").exists():
        number += 1
    return folder / f"jobs-{number}{suffix}"


def _hand_over(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        msg = f"{command[0]} cannot be called ({error.strerror}); go where jobs are submitted, or use --no-submit"
        raise MissingError(msg) from error
    if done.returncode:
        msg = f"{command[0]} refused {command[1]}: {' '.join((done.stderr or done.stdout).split())}"
        raise AdbenchError(msg)
