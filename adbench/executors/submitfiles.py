"""Submit files of HTCondor and Slurm. No path or name is ever read by a shell as anything but text."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from adbench.api.errors import UsageError
from adbench.executors.resources import Resources, slurm_time

__all__ = ["SYSTEMS", "System"]

_VARIABLES = ("PATH", "HOME", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV")
"""What a job gets of the environment, beside ``ADBENCH_...``. Not all of it: anyone in a pool can read a job."""


@dataclass(frozen=True, slots=True)
class System:
    """A batch system.

    Attributes:
        command: what submits a file.
        suffix: of a submit file.
        write: returns the text of a submit file for a folder of tickets, their keys, what each needs, further lines.
    """

    command: str
    suffix: str
    write: Callable[[Path, Sequence[str], Resources, Sequence[str]], str]


def _condor(folder: Path, keys: Sequence[str], wanted: Resources, lines: Sequence[str]) -> str:
    """One job per key, through ``queue ... from``; without a shell."""
    place = _condor_text(_one_line(folder))
    program = " ".join(f"'{_condor_quoted(word)}'" for word in _program())
    content = [
        "universe = vanilla",
        "executable = /usr/bin/env",
        "transfer_executable = false",
        "should_transfer_files = NO",
        f"arguments = \"{program} '{_condor_quoted(_one_line(folder))}/$(key).json'\"",
        f'environment = "{_condor_environment()}"',
        f"output = {place}/logs/$(key).out",
        f"error = {place}/logs/$(key).out",
        f"log = {place}/logs/condor.log",
        f"batch_name = adbench-{folder.name}",
        f"request_cpus = {wanted.threads}",
        f"request_memory = {wanted.memory}",
        *([f"request_gpus = {wanted.gpus}"] if wanted.gpus else []),
        *([f"+MaxRuntime = {wanted.seconds:.0f}"] if wanted.seconds else []),
        *(_one_line(line) for line in lines),
        "queue key from (",
        *keys,
        ")",
    ]
    return "\n".join(content) + "\n"


def _slurm(folder: Path, keys: Sequence[str], wanted: Resources, lines: Sequence[str]) -> str:
    """One array; the shell reads quoted text and its own number only."""
    place = shlex.quote(_one_line(folder))
    content = [
        "#!/bin/sh",
        f"#SBATCH --job-name=adbench-{folder.name}",
        f"#SBATCH --array=0-{len(keys) - 1}",
        "#SBATCH --ntasks=1",
        "#SBATCH --output=/dev/null",
        f"#SBATCH --cpus-per-task={wanted.threads}",
        f"#SBATCH --mem={wanted.memory}M",
        *([f"#SBATCH --gpus={wanted.gpus}"] if wanted.gpus else []),
        *([f"#SBATCH --time={slurm_time(wanted.seconds)}"] if wanted.seconds else []),
        *(f"#SBATCH {_one_line(line)}" for line in lines),
        f"set -- {' '.join(keys)}",
        'shift "$SLURM_ARRAY_TASK_ID"',
        f'exec > {place}/logs/"$1".out 2>&1',
        f'exec {shlex.join(_program())} {place}/"$1".json',
    ]
    return "\n".join(content) + "\n"


SYSTEMS = {"condor": System("condor_submit", ".sub", _condor), "slurm": System("sbatch", ".sbatch", _slurm)}
"""The batch systems, by the name that ``--to`` takes."""


def _program() -> list[str]:
    return [_one_line(sys.executable), "-P", "-m", "adbench", "run-one"]


def _one_line(text: str | Path) -> str:
    """Return a text that stays within its line of a submit file."""
    line = str(text)
    if not line.isprintable():
        msg = f"{line!r} cannot stand in a submit file; it must be one line of printable characters"
        raise UsageError(msg)
    return line


def _condor_text(text: str) -> str:
    """Keep HTCondor from expanding ``$(...)`` in a text."""
    return text.replace("$", "$(DOLLAR)")


def _condor_quoted(text: str) -> str:
    """Return a text for between single quotes in HTCondor's "new syntax": quotes of either kind are doubled."""
    return _condor_text(text).replace("'", "''").replace('"', '""')


def _condor_environment() -> str:
    names = [name for name in sorted(os.environ) if name in _VARIABLES or name.startswith("ADBENCH_")]
    return " ".join(f"{name}='{_condor_quoted(_one_line(os.environ[name]))}'" for name in names)
