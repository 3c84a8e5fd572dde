"""One run, in a process of its own: measure, then store whatever came of it."""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from adbench.api.context import Progress, RunContext
from adbench.api.dataset import Dataset
from adbench.api.detector import Detector
from adbench.api.errors import AdbenchError, DataError, UnsuitedError
from adbench.api.specs import DetectorSpec
from adbench.registry import catalogue, use_plugin_files
from adbench.runs.environment import source_hash, surroundings
from adbench.runs.files import UnwritableError, is_full, remove, writing
from adbench.runs.heartbeat import Heart, read_pulse
from adbench.runs.log import trim_log
from adbench.runs.measurement import Measurement
from adbench.runs.model import find_model, keep_model, load_model
from adbench.runs.protocol import Experiment, SkippedRun
from adbench.runs.record import Record, Status
from adbench.runs.scores import write_scores
from adbench.runs.store import Claim, ClaimedError, ResultsFolder, StoredRun
from adbench.runs.task import Task
from adbench.runs.training import TRAINING, Training

__all__ = ["execute", "store_without_scores"]


def execute(task: Task, progress: Progress) -> StoredRun:
    """Do a run and store it; failures are stored too, with their reason, log and cost.

    Raises:
        ClaimedError: another process is doing this run, or has done it since it was planned.
        UnwritableError: the results folder is full or cannot be written; nothing of the run is left there.
    """
    use_plugin_files(task.plugin_files)
    store = ResultsFolder(task.results)
    claim = store.claim(task.identity)
    if store.find_later(task.identity, task.replaces) is not None:
        claim.discard()
        remove(claim.work)
        msg = f"run {task.identity.key} has been done by another process"
        raise ClaimedError(msg)
    try:
        with writing(task.results):
            return _execute(task, progress, claim)
    except UnwritableError:
        remove(claim.work)
        raise


def _execute(task: Task, progress: Progress, claim: Claim) -> StoredRun:
    started, clock = datetime.now(UTC), time.perf_counter()
    spec = catalogue().detectors.get(task.identity.detector)
    device = _device(task.settings.device, spec)
    source = source_hash(spec.target)
    heart = Heart(claim.work)
    measured = Measurement()
    info: dict[str, Any] = {}
    status: Status = "failed"
    reason = sha = ""
    with _logged(claim.work / "log.txt"):
        try:
            dataset = catalogue().datasets.get(task.identity.dataset).open(task.options)
            _measure(task, spec, dataset, device, source, claim, _Report(progress, heart, measured.training), measured)
            info = _described(
                dataset, task.identity.channel
            )  # after the events were read: only then does it know what was left out
            status = "ok"
        except (SkippedRun, UnsuitedError) as skip:
            status, reason = "skipped", str(skip)
        except MemoryError as error:
            traceback.print_exc()
            status, reason = "out_of_memory", str(error) or "the process ran out of memory"
        except Exception as error:  # a detector may raise anything; the run is stored as failed
            if is_full(error):
                raise
            traceback.print_exc()
            status, reason = _failure(error)
    measured.training.write(claim.work, task.identity.key)
    if status == "ok":
        progress("store", 0, 1)
        sha = write_scores(claim.work / "scores.npz", measured.samples)
        if measured.coordinates:
            np.savez(claim.work / "coordinates.npz", **measured.coordinates)  # type: ignore[arg-type]
    measured.timings["total"] = time.perf_counter() - clock
    heart.stop()
    claim.discard()
    record = dataclasses.replace(
        _record(task, spec, source, device, started),
        status=status,
        reason=reason,
        samples={name: len(sample) for name, sample in measured.samples.items()},
        dataset=info,
        timings={phase: round(seconds, 4) for phase, seconds in measured.timings.items()},
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        scores_sha256=sha,
        notes=tuple(measured.notes),
    )
    return ResultsFolder(task.results).publish(claim.work, record)


def store_without_scores(
    task: Task, status: Status, reason: str, seconds: float = 0.0, peak_memory_mb: float = 0.0
) -> StoredRun:
    """Store a run that left no record behind: killed, timed out, skipped or not installed.

    The log, the training curves and the model that it left go with it.

    Raises:
        ClaimedError: a living process is doing this run.
        UnwritableError: the results folder is full or cannot be written.
    """
    use_plugin_files(task.plugin_files)
    store = ResultsFolder(task.results)
    spec = catalogue().detectors.get(task.identity.detector)
    claim = store.claim(task.identity)
    for name in ("log.txt", "model", TRAINING):
        left = claim.left_over(name)
        if left is not None:
            left.rename(claim.work / name)
    if claim.left is not None:  # one that died at once was perhaps never looked at from outside
        peak_memory_mb = max(peak_memory_mb, read_pulse(claim.left).peak_memory_mb)
    claim.discard()
    log = claim.work / "log.txt"
    log.touch()
    trim_log(log)
    started = datetime.now(UTC) - timedelta(seconds=seconds)
    record = dataclasses.replace(
        _record(task, spec, source_hash(spec.target), task.settings.device, started),
        status=status,
        reason=reason,
        timings={"total": round(seconds, 4)} if seconds else {},
        peak_memory_mb=round(peak_memory_mb, 1),
    )
    return store.publish(claim.work, record)


def _record(task: Task, spec: DetectorSpec, source: str, device: str, started: datetime) -> Record:
    """Return what is known of a run before it has an end."""
    return Record(
        key=task.identity.key,
        identity=task.identity,
        status="failed",
        reason="",
        entry=task.entry,
        supervision=spec.supervision,
        scores=spec.scores,
        detector=_provenance(task, spec, source),
        environment=_environment(task, device),
        started=started.isoformat(timespec="milliseconds"),
    )


def _measure(
    task: Task,
    spec: DetectorSpec,
    dataset: Dataset,
    device: str,
    source: str,
    claim: Claim,
    progress: Progress,
    into: Measurement,
) -> None:
    """Train, or go on from the model of an earlier attempt, and score."""
    progress("data", 0, 1)
    dataset.prepare(task.identity.channel)
    if dataset.fingerprint(task.identity.channel) != task.identity.fingerprint:
        msg = f"the events of channel {task.identity.channel} changed after the study was planned; start it again"
        raise DataError(msg)
    params = spec.resolve("default", task.identity.params)
    detector_type = spec.load()
    experiment = Experiment(
        dataset,
        task.identity.channel,
        spec,
        task.identity.max_events,
        into,
        contamination=task.identity.contamination,
        seed=task.identity.seed,
    )
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=claim.work) as scratch:
        context = RunContext(
            seed=task.identity.seed,
            device=device,
            threads=task.settings.threads,
            workdir=Path(scratch),
            progress=progress,
            deadline=None if task.settings.limits.seconds is None else time.monotonic() + task.settings.limits.seconds,
            devices=task.settings.devices,
            precision=task.identity.precision,
        )
        model = find_model(task, claim, source) if dataset.info.folds == 1 else None
        if model is not None:
            if (model.parent / TRAINING).exists():
                shutil.copyfile(model.parent / TRAINING, claim.work / TRAINING)
            detector, timings = load_model(model, claim.work, detector_type, params, context)
            into.timings.update(timings)
            experiment.score(detector)
        else:

            def keep(fitted: Detector) -> None:
                into.training.write(
                    claim.work, task.identity.key
                )  # before the model, which a later attempt goes on from
                keep_model(fitted, claim.work, source, into.timings)

            experiment.run(lambda: detector_type(params, context), keep)


class _Report:
    """Passes progress on to the launching process, to the sign of life in the work folder and to the curves kept."""

    def __init__(self, progress: Progress, heart: Heart, training: Training) -> None:
        self._progress, self._heart, self._training = progress, heart, training

    def __call__(self, phase: str, step: int, total: int, **figures: float) -> None:
        plain = {name: float(value) for name, value in figures.items()}
        self._heart.note(phase, step, total, plain)
        if phase == "fit":
            self._training.note(step, total, plain)
        self._progress(phase, step, total, **figures)


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


def _described(dataset: Dataset, channel: str) -> dict[str, Any]:
    info = dataset.info
    terms = {"summary": info.summary, "licence": info.licence, "doi": list(info.doi), "notes": list(info.notes)}
    return {**terms, "halved": list(info.halved(channel))}


def _environment(task: Task, device: str) -> dict[str, Any]:
    settings = task.settings
    found = surroundings(device, settings.threads, settings.executor, task.command)
    return {**found, "devices": settings.devices}


def _provenance(task: Task, spec: DetectorSpec, source: str) -> dict[str, Any]:
    owner = catalogue().detectors.owners[spec.name]
    return {
        "reference": spec.reference,
        "preset": task.preset,
        "changed": dict(task.changed),
        "distribution": owner.distribution,
        "distribution_version": owner.version,
        "source_hash": source,
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
    faulthandler.enable(file=2)  # a crash in C code leaves its Python stack in the log
    try:
        yield
    finally:
        faulthandler.disable()
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, kept in zip((1, 2), saved, strict=True):
            os.dup2(kept, stream)
            os.close(kept)
        trim_log(path)
