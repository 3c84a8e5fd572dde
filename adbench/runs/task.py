"""One run, in a process of its own: measure, then store whatever came of it."""

from __future__ import annotations

import contextlib
import os
import resource
import shlex
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from adbench.api.context import Progress, RunContext
from adbench.api.dataset import Dataset, DatasetOptions
from adbench.api.errors import AdbenchError
from adbench.api.specs import DetectorSpec
from adbench.registry import catalogue
from adbench.runs.environment import source_hash, surroundings
from adbench.runs.key import RunIdentity
from adbench.runs.plan import PlannedRun
from adbench.runs.protocol import Measurement, SkippedRun, measure
from adbench.runs.record import Record, Status
from adbench.runs.scores import write_scores
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["Task", "execute", "store_without_scores", "task_for"]


@dataclass(frozen=True, slots=True)
class Task:
    """A run as it is sent to the process that will do it. Everything in it can be pickled.

    Attributes:
        identity: what decides the scores.
        entry: name on the leaderboard.
        preset: preset of the parameters.
        changed: parameters that differ from it.
        options: how to open the data set.
        results: the results folder.
        device: ``auto``, ``cpu`` or a torch device.
        threads: number of threads.
        executor: who launched it.
        command: the command line that asked for it.
    """

    identity: RunIdentity
    entry: str
    preset: str
    changed: dict[str, Any]
    options: DatasetOptions
    results: Path
    device: str = "auto"
    threads: int = 1
    executor: str = "local"
    command: str = ""


def task_for(run: PlannedRun, options: DatasetOptions, results: Path, device: str, threads: int) -> Task:
    """Return the task of a planned run."""
    return Task(
        identity=run.identity,
        entry=run.entry,
        preset=run.choice.preset,
        changed=dict(run.choice.overrides),
        options=options,
        results=results,
        device=device,
        threads=threads,
        command=shlex.join(["adbench", *sys.argv[1:]]),
    )


def execute(task: Task, progress: Progress) -> StoredRun:
    """Do a run and store it; failures are stored too, with their reason and log."""
    store = ResultsFolder(task.results)
    work = store.workspace(task.identity)
    started, clock = datetime.now(UTC), time.perf_counter()
    spec = catalogue().detectors.get(task.identity.detector)
    device = _device(task.device, spec)
    info: dict[str, Any] = {}
    status, reason, sha, measured = "failed", "", "", Measurement()
    with _logged(work / "log.txt"):
        try:
            dataset = catalogue().datasets.get(task.identity.dataset).load()(task.options)
            measured = _measured(task, spec, dataset, device, work, progress)
            info = _described(dataset)  # after the events were read: only then does it know what was left out
            progress("store", 0, 1)
            sha = write_scores(work / "scores.npz", measured.samples)
            if measured.coordinates:
                np.savez(work / "coordinates.npz", **measured.coordinates)  # type: ignore[arg-type]
            _save_model(measured, work)
            status = "ok"
        except SkippedRun as skip:
            status, reason = "skipped", str(skip)
        except MemoryError as error:
            traceback.print_exc()
            status, reason = "out_of_memory", str(error) or "the process ran out of memory"
        except Exception as error:  # noqa: BLE001  a detector may raise anything; the run is stored as failed
            traceback.print_exc()
            status, reason = _failure(error)
    measured.timings["total"] = time.perf_counter() - clock
    record = Record(
        key=task.identity.key,
        identity=task.identity,
        status=status,  # type: ignore[arg-type]  # one of Status in every branch above
        reason=reason,
        entry=task.entry,
        supervision=spec.supervision,
        scores=spec.scores,
        samples={name: len(sample) for name, sample in measured.samples.items()},
        dataset=info,
        detector=_provenance(task, spec),
        timings={phase: round(seconds, 4) for phase, seconds in measured.timings.items()},
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        environment=surroundings(device, task.threads, task.executor, task.command),
        started=started.isoformat(timespec="seconds"),
        scores_sha256=sha,
        notes=tuple(measured.notes),
    )
    return store.publish(work, record)


def store_without_scores(task: Task, status: Status, reason: str, log: str = "") -> StoredRun:
    """Store a run that left nothing behind: killed, timed out, skipped or not installed."""
    store = ResultsFolder(task.results)
    spec = catalogue().detectors.get(task.identity.detector)
    work = store.workspace(task.identity)
    (work / "log.txt").write_text(log, encoding="utf-8")
    record = Record(
        key=task.identity.key,
        identity=task.identity,
        status=status,
        reason=reason,
        entry=task.entry,
        supervision=spec.supervision,
        scores=spec.scores,
        detector=_provenance(task, spec),
        environment=surroundings(task.device, task.threads, task.executor, task.command),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return store.publish(work, record)


def _measured(
    task: Task, spec: DetectorSpec, dataset: Dataset, device: str, work: Path, progress: Progress
) -> Measurement:
    progress("data", 0, 1)
    dataset.prepare(task.identity.channel)
    params = spec.resolve("default", task.identity.params)
    detector_type = spec.load()
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=work) as scratch:
        context = RunContext(
            seed=task.identity.seed, device=device, threads=task.threads, workdir=Path(scratch), progress=progress
        )
        return measure(
            dataset, task.identity.channel, spec, lambda: detector_type(params, context), task.identity.max_events
        )


def _save_model(measured: Measurement, work: Path) -> None:
    detector = measured.detector
    if detector is not None and detector.can_save():
        (work / "model").mkdir()
        detector.save(work / "model")


def _failure(error: Exception) -> tuple[Status, str]:
    text = " ".join(str(error).split())
    if type(error).__name__ == "OutOfMemoryError":  # torch's, recognised without importing torch
        return "out_of_memory", text
    return "failed", text if isinstance(error, AdbenchError) else f"{type(error).__name__}: {text}"


def _device(wanted: str, spec: DetectorSpec) -> str:
    if wanted != "auto":
        return wanted
    if not spec.gpu:
        return "cpu"
    from adbench.torchkit.devices import best_device

    return best_device()


def _described(dataset: Dataset) -> dict[str, Any]:
    info = dataset.info
    return {"summary": info.summary, "licence": info.licence, "doi": list(info.doi), "notes": list(info.notes)}


def _provenance(task: Task, spec: DetectorSpec) -> dict[str, Any]:
    owner = catalogue().detectors.owners[spec.name]
    return {
        "reference": spec.reference,
        "preset": task.preset,
        "changed": task.changed,
        "distribution": owner.distribution,
        "distribution_version": owner.version,
        "source_hash": source_hash(spec.target),
    }


@contextlib.contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Send everything that this process writes, also from C code, to a file; restore the streams afterwards."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    with path.open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, kept in zip((1, 2), saved, strict=True):
            os.dup2(kept, stream)
            os.close(kept)
