from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from adbench.executors.base import ExecutorOptions, Quiet
from adbench.executors.dask import DaskExecutor
from adbench.plugins import plugins
from adbench.registry import catalogue
from adbench.runs.launch import Outcome, launch
from adbench.runs.plan import make_plan, open_dataset
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice, Study
from adbench.runs.task import Settings

COUNTING = """\
from pathlib import Path
from adbench.api import DetectorSpec, hookimpl
from adbench.testing.toys import Met

class Counting(Met):
    def fit(self, train, validation, priors):
        self.note("began")
        super().fit(train, validation, priors)
        self.note("ended")

    def note(self, what):
        with open({path!r}, "a") as file:
            file.write(f"{{what}} {{self.context.seed}}\\n")

@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="counting", target="counting_plugin:Counting", scores=("met", "noisy"))]
"""

BATCH_SYSTEM = '''\
#!{python}
"""A batch system in a file: starts jobs in the background and forgets them; cancels them by number."""
import os, re, signal, subprocess, sys
from pathlib import Path

HOME = Path({home!r})


def words(text):
    """Read HTCondor's new syntax: in double quotes; words may be in single quotes; quotes are doubled."""
    assert text[0] == text[-1] == '"', text
    inner = text[1:-1].replace('""', '"')
    found, word, quoted, begun, i = [], "", False, False, 0
    while i < len(inner):
        if inner[i] == "'":
            if quoted and inner[i + 1 : i + 2] == "'":
                word, i = word + "'", i + 1
            else:
                quoted, begun = not quoted, True
        elif inner[i].isspace() and not quoted:
            if begun or word:
                found.append(word)
            word, begun = "", False
        else:
            word, begun = word + inner[i], True
        i += 1
    assert not quoted, text
    return found + ([word] if begun else [])


def condor(text):
    head, _, rows = text.partition("queue key from (")
    keys = rows.strip().removesuffix(")").split() or [""]
    settings = {{}}
    for line in head.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            settings[name.strip().lower()] = value.strip()
    for key in keys:
        known = {{"key": key, "DOLLAR": "$"}}
        mine = {{n: re.sub(r"\\$\\((key|DOLLAR)\\)", lambda m: known[m[1]], v) for n, v in settings.items()}}
        environment = dict(os.environ)
        if "environment" in mine:
            environment = dict(item.split("=", 1) for item in words(mine["environment"]))
        output = mine.get("output", "/dev/null")
        start([mine["executable"], *words(mine["arguments"])], environment, output if key else "/dev/null")
    print(f"{{len(keys)}} job(s) submitted to cluster {{number()}}.")


def slurm(path, text):
    array = re.search(r"^#SBATCH --array=0-([0-9]+)$", text, re.M)
    for index in range(int(array[1]) + 1 if array else 1):
        start(["/bin/sh", path], {{**os.environ, "SLURM_ARRAY_TASK_ID": str(index)}}, "/dev/null")
    print(f"Submitted batch job {{number()}}")


def start(command, environment, output):
    with open(output, "ab") as log:
        job = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True, cwd="/")
    with open(HOME / "jobs", "a") as jobs:
        jobs.write(f"{{number()}} {{job.pid}}\\n")


def number():
    return len(list(HOME.glob("script-*")))


name = Path(sys.argv[0]).name
if name in ("condor_submit", "sbatch"):
    text = Path(sys.argv[-1]).read_text()
    # dask-jobqueue removes its scripts at once
    script = HOME / f"script-{{number() + 1}}"
    script.write_text(text)
    slurm(str(script), text) if name == "sbatch" else condor(text)
else:
    for line in (HOME / "jobs").read_text().splitlines():
        job, process = line.split()
        if job in [argument.removesuffix(".0") for argument in sys.argv[1:]]:
            try:
                os.killpg(int(process), signal.SIGTERM)
            except ProcessLookupError:
                pass
'''


@dataclass
class BatchSystem:
    """What the fake batch system was given."""

    home: Path

    def scripts(self) -> list[str]:
        return [path.read_text() for path in sorted(self.home.glob("script-*"))]

    def processes(self) -> list[int]:
        jobs = self.home / "jobs"
        return [int(line.split()[1]) for line in jobs.read_text().splitlines()] if jobs.exists() else []


@pytest.fixture
def batch_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, importable: None) -> BatchSystem:
    """Put condor_submit, sbatch and what cancels their jobs on PATH."""
    home = tmp_path / "batch system"
    home.mkdir()
    for name in ("condor_submit", "condor_rm", "sbatch", "scancel"):
        (home / name).write_text(BATCH_SYSTEM.format(python=sys.executable, home=str(home)))
        (home / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{home}:{os.environ['PATH']}")
    return BatchSystem(home)


@pytest.fixture
def importable(toys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes that are started as programs find what this one finds."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))


@pytest.fixture
def counts(toys: None, install: Callable[..., None], tmp_path: Path) -> Callable[[], dict[str, int]]:
    """Install a detector named counting; return how often each seed began and ended its training."""
    path = tmp_path / "counts"
    install("counting", "counting", "counting_plugin", COUNTING.format(path=str(path)))

    def read() -> dict[str, int]:
        lines = path.read_text().splitlines() if path.exists() else []
        return {line: lines.count(line) for line in lines}

    return read


def _launch(results: Path, options: ExecutorOptions, *choices: DetectorChoice, **changes: object) -> Outcome:
    study = Study(detectors=choices, dataset="toys", **{"channels": ("a",), **changes})  # type: ignore[arg-type]
    store = ResultsFolder(results)
    plan = make_plan(study, catalogue(), open_dataset(study, catalogue()), store)
    return launch(study, plan, store, DaskExecutor(options), Quiet(), plugins(), Settings(executor="dask"))


def _wait_for(condition: Callable[[], object], seconds: float = 40.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def on_dask(toys: None) -> Callable[..., Outcome]:
    """Return what launches detectors on channel a of the toys: (results, options, choices, ...)."""
    return _launch


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """Return what waits until a condition holds, or fails."""
    return _wait_for
