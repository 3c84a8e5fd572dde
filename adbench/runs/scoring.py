"""A stored detector on new events: its scores, how rare they are among background, which working points they pass."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adbench.api.context import RunContext
from adbench.api.dataset import Dataset, DatasetOptions
from adbench.api.errors import MissingError, UsageError
from adbench.api.events import Events
from adbench.api.metric import Scored
from adbench.data.tables import is_table, read_table
from adbench.metrics.sample import ordered
from adbench.metrics.working_point import WORKING_POINTS, is_measured
from adbench.registry import catalogue
from adbench.runs.environment import source_hash
from adbench.runs.measurement import Measurement
from adbench.runs.store import StoredRun

__all__ = ["NewScores", "score_file"]


@dataclass(frozen=True, slots=True)
class NewScores:
    """What a stored detector says of new events.

    Attributes:
        rows: int64 (n,), where in the file an event stands.
        scores: float64 (n,) by name; the first is the entry's.
        background: test background with the first score, to compare with.
        passed: bool (n,) for each background efficiency that the background can measure.
        unmeasured: background efficiencies that it cannot.
        notes: what a reader must know.
    """

    rows: NDArray[np.int64]
    scores: dict[str, NDArray[np.float64]]
    background: Scored
    passed: dict[float, NDArray[np.bool_]]
    unmeasured: tuple[float, ...]
    notes: tuple[str, ...]


def score_file(
    run: StoredRun, path: Path, threads: int = 1, device: str = "cpu", skip_bad_lines: bool = False
) -> NewScores:
    """Score the events of a file with the model of a stored run.

    An event passes a working point when at most that share of test background scores as high or higher.

    Args:
        run: the stored run.
        path: the file.
        threads: that the detector may use.
        device: ``cpu`` or a torch device.
        skip_bad_lines: leave malformed lines out, and say so in the notes, instead of stopping at the first.

    Raises:
        UsageError: the run has no scores, or trained nothing: an ensemble combines scores; or the data set leaves no
            lines out.
        MissingError: the run left no model, its scores are not here, or the file is not there.
        DataError: the file or the stored scores are damaged.
        ScoreError: the detector gives no finite number to an event.
    """
    record, identity = run.record, run.record.identity
    where = f"run {record.key[:8]} ({record.entry}, channel {identity.channel})"
    if record.status != "ok":
        msg = f"{where} has no scores: {record.status} ({record.reason}); run it again with --rerun failed"
        raise UsageError(msg)
    if identity.parents:
        msg = f"{where} has no model: an ensemble combines the scores of other runs; score with one of these"
        raise UsageError(msg)
    if not run.has_scores:
        msg = f"{where} is kept as figures, without model and scores; train its detector here with adbench run"
        raise MissingError(msg)
    model = run.folder / "model"
    if not model.is_dir():
        msg = f"{where} left no model: its detector cannot be saved, or it was done in folds; choose another run"
        raise MissingError(msg)
    spec = catalogue().detectors.get(identity.detector)
    notes = []
    if record.detector.get("source_hash") not in ("", None, source_hash(spec.target)):
        notes.append(f"{identity.detector} was trained by another source of its plugin than the one installed now")
    dataset = catalogue().datasets.get(identity.dataset).open(DatasetOptions(skip_bad_lines=skip_bad_lines))
    events, skipped = _read(dataset, path, identity.channel)
    notes += skipped
    params = spec.resolve("default", identity.params)
    detector = spec.load().load(model, params, RunContext(seed=identity.seed, threads=threads, device=device))
    measured = Measurement()
    measured.score(spec, detector, "new", events)
    with run.scores() as file:
        background = file.sample("background", record.scores[0])
    first = measured.samples["new"].scores[record.scores[0]]
    known = ordered(background, "background")
    share = known.at_least(np.asarray(first, np.float64))
    points = [point for point in WORKING_POINTS if is_measured(known, point)]
    return NewScores(
        rows=np.asarray(events.aux.get("row", np.arange(len(events))), np.int64),
        scores={name: np.asarray(values, np.float64) for name, values in measured.samples["new"].scores.items()},
        background=background,
        passed={point: share <= point for point in points},
        unmeasured=tuple(point for point in WORKING_POINTS if point not in points),
        notes=tuple(notes),
    )


def _read(dataset: Dataset, path: Path, channel: str) -> tuple[Events, list[str]]:
    """Return the events of a file, and what its reader warned of, such as lines that were left out."""
    if is_table(path):
        dataset.prepare(channel)
        return read_table(path, dataset.background(channel).schema), []
    if not path.exists():
        msg = f"{path} is not there"
        raise MissingError(msg)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        events = dataset.read(path, channel)
    return events, [str(one.message) for one in caught if one.category is UserWarning]
