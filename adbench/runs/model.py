"""The trained model of a run: kept beside its scores, and what a run goes on from when it was cut off."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adbench.api.context import RunContext
from adbench.api.detector import Detector
from adbench.runs.store import Claim, ResultsFolder
from adbench.runs.task import Task

__all__ = ["find_model", "keep_model", "load_model"]

_MARK = "model.json"  # written last: a model folder without it is not complete


def keep_model(detector: Detector, work: Path, source: str, timings: dict[str, float]) -> None:
    """Save a fitted detector that can be saved into ``model/`` of a work folder.

    Args:
        detector: the fitted detector.
        work: the run's work folder.
        source: hash of the plugin's source; a model is used again only by the same source.
        timings: seconds of the phases so far, training among them.
    """
    if not detector.can_save():
        return
    folder = work / "model"
    folder.mkdir()
    detector.save(folder)
    mark = {"source_hash": source, "timings": timings, "notes": detector.context.notes}
    (folder / _MARK).write_text(json.dumps(mark), encoding="utf-8")


def find_model(task: Task, claim: Claim, source: str) -> Path | None:
    """Return the complete model that an earlier attempt at this run trained with the same source; None = train.

    An attempt that was killed left it in its work folder; one that failed while scoring, in its result.
    """
    for folder in _places(task, claim):
        try:
            mark: dict[str, Any] = json.loads((folder / _MARK).read_text(encoding="utf-8"))
            trained_by = mark["source_hash"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if source and trained_by == source:
            return folder
    return None


def load_model(
    folder: Path, work: Path, detector_type: type[Detector], params: Any, context: RunContext
) -> tuple[Detector, dict[str, float]]:
    """Return the detector of a model folder and the timings of its training; the folder is copied to the run's own."""
    shutil.copytree(folder, work / "model")
    mark: dict[str, Any] = json.loads((work / "model" / _MARK).read_text(encoding="utf-8"))
    for note in mark.get("notes", ()):
        context.note(note)
    return detector_type.load(work / "model", params, context), dict(mark["timings"])


def _places(task: Task, claim: Claim) -> Iterator[Path]:
    left = claim.left_over("model")
    if left is not None:
        yield left
    stored = ResultsFolder(task.results).folder(task.identity)
    if task.resume_failed and stored.exists():
        yield stored / "model"
