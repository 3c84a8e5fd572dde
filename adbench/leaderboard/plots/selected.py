"""Which background events a detector selects: stored scores meet the events again, by row id."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import Dataset
from adbench.api.errors import DataError, MissingError
from adbench.api.events import Events
from adbench.leaderboard.plots.request import Request
from adbench.metrics.roc import threshold
from adbench.metrics.sample import ordered
from adbench.metrics.working_point import is_measured
from adbench.runs.matching import check_same_events, places_of
from adbench.runs.store import StoredRun

__all__ = ["background_of", "mean_passing", "measured_points", "opened", "passing"]


def opened(request: Request) -> Dataset:
    """Return the opened data set; raise MissingError when the request has none."""
    if request.dataset is None:
        msg = f"figure '{request.kind}' looks into events; name their data set with --dataset, --data or --edition"
        raise MissingError(msg)
    return request.dataset()


def background_of(dataset: Dataset, run: StoredRun) -> Events:
    """Return the events that a run's background scores belong to, in the order of the scores.

    Raises:
        DataError: the data set's events are not those that the run scored.
    """
    check_same_events(run, dataset)
    channel = run.record.identity.channel
    folds = dataset.info.folds
    parts = [dataset.fold(index).background(channel) for index in range(folds)]
    rows = np.concatenate([np.asarray(part.aux.get("row", np.arange(len(part))), np.int64) for part in parts])
    with run.scores() as file:
        wanted = file.rows("background")
    return (parts[0] if folds == 1 else Events.concatenate(parts))[places_of(wanted, rows)]


def passing(run: StoredRun, score: str, efficiency: float) -> NDArray[np.float64]:
    """Return float64 (n,): the probability with which each background event passes the cut at an efficiency.

    It is 1 above the threshold and 0 below; events at the threshold share what is missing, as in the ROC curve.
    """
    with run.scores() as file:
        background = file.sample("background", score)
    order = ordered(background, "background")
    cut = threshold(order, np.array([efficiency]))
    above, at_least = float(order.above(cut)[0]), float(order.at_least(cut)[0])
    share = min(max((efficiency - above) / (at_least - above), 0.0), 1.0)
    return np.where(background.scores > cut[0], 1.0, np.where(background.scores == cut[0], share, 0.0))


def mean_passing(runs: Sequence[StoredRun], score: str, efficiency: float) -> NDArray[np.float64]:
    """Return float64 (n,): the same averaged over the trainings of an entry, events in the order of the first run.

    Raises:
        DataError: a run scored other events than the first.
    """
    chances = []
    with runs[0].scores() as file:
        first = file.rows("background")
    for run in runs:
        with run.scores() as file:
            rows = file.rows("background")
        if not np.array_equal(np.sort(rows), np.sort(first)):
            msg = f"run {run.record.key} scored other background than run {runs[0].record.key}; run one of them again"
            raise DataError(msg)
        place = np.searchsorted(np.sort(rows), first)
        chances.append(passing(run, score, efficiency)[np.argsort(rows, kind="stable")][place])
    return np.asarray(np.mean(chances, axis=0), np.float64)


def measured_points(run: StoredRun, score: str, efficiencies: tuple[float, ...]) -> tuple[list[float], list[float]]:
    """Return which background efficiencies at least 10 events stand behind, and which not; MissingError if none is."""
    with run.scores() as file:
        order = ordered(file.sample("background", score), "background")
    good = [e for e in efficiencies if is_measured(order, e)]
    if not good:
        msg = f"none of the working points is measured in channel {run.record.identity.channel}: too little background"
        raise MissingError(msg)
    return good, [e for e in efficiencies if e not in good]
