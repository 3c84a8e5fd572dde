"""The events of a search: masses from the data set, coordinates and scores from a stored run, matched by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import Dataset
from adbench.api.errors import DataError, MissingError, UnknownNameError, UsageError
from adbench.api.events import Events
from adbench.runs.store import StoredRun
from adbench.search.masses import masses_of

__all__ = ["Axes", "Searched", "read_searched"]

Floats = NDArray[np.float64]

BOX, BACKGROUND = "unlabelled", "background"


@dataclass(frozen=True, slots=True)
class Axes:
    """What events are selected by.

    Attributes:
        space: name of stored coordinates whose first column is a background loss and whose others are signal losses,
            the smallest of which counts; empty: a score.
        score: name of a stored score; empty: coordinates.
    """

    space: str = ""
    score: str = ""

    def __str__(self) -> str:
        return self.score or self.space


@dataclass(frozen=True, slots=True)
class Searched:
    """Events to search.

    Attributes:
        masses: (n,) in GeV.
        background: (n,) background loss, or the score: high is anomalous.
        signal: (n,) smallest signal loss: low is like a prior; None where events have one axis.
        injected: bool (n,), events of a known signal that were added.
        axes: where the two come from.
        what: the events in words.
    """

    masses: Floats
    background: Floats
    signal: Floats | None
    injected: NDArray[np.bool_]
    axes: Axes
    what: str

    def __len__(self) -> int:
        return len(self.masses)


def read_searched(
    run: StoredRun,
    dataset: Dataset,
    variable: str,
    by: str = "",
    sample: str = "",
    inject: tuple[str, int] | None = None,
) -> Searched:
    """Return the events of a run that are to be searched.

    Args:
        run: with scores.
        dataset: the data set that it ran on.
        variable: name in ``aux`` of the mass; one that `adbench.search.masses.mass_variable` returns.
        by: a stored space of coordinates or a score; empty: the only space there is, else the entry's score.
        sample: ``unlabelled`` or ``background``; empty: unlabelled events where there are any.
        inject: a signal and how many of its events to add to test background, where the detector had to do without
            that signal's whole family.

    Raises:
        UsageError: the run has no scores, or a choice does not fit it.
        UnknownNameError: no such axis, sample or signal.
        DataError: data set and run do not belong together, or a sample lacks the mass.
        MissingError: too few events of the signal.
    """
    record = run.record
    if record.status != "ok":
        msg = f"run {record.key[:8]} has no scores: {record.status} ({record.reason}); adbench run --rerun failed"
        raise UsageError(msg)
    axes = _axes(run, by)
    sample = sample or (BOX if BOX in record.samples and inject is None else BACKGROUND)
    if sample not in (BOX, BACKGROUND) or sample not in record.samples:
        raise UnknownNameError("sample to search", sample, {BOX, BACKGROUND} & set(record.samples))
    if inject is None:
        events = _events(dataset, record.identity.channel, sample)
        return _matched(run, axes, variable, [(sample, events, None)])
    if sample != BACKGROUND:
        msg = "a signal is added to test background, not to unlabelled events; leave --sample out"
        raise UsageError(msg)
    name, number = inject
    signal = f"signal/{name}"
    if signal not in record.samples:
        known = {one.removeprefix("signal/") for one in record.samples if one.startswith("signal/")}
        raise UnknownNameError("signal of this run", name, known)
    if number > record.samples[signal]:
        msg = f"{number} events of {name} are asked for; run {record.key[:8]} has scores of {record.samples[signal]}"
        raise MissingError(msg)
    own = f"target/{name}/{BACKGROUND}"
    parts = [
        (own if own in record.samples else BACKGROUND, _events(dataset, record.identity.channel, BACKGROUND), None),
        (signal, dataset.signal(record.identity.channel, name), number),
    ]
    return _matched(run, axes, variable, parts)


def _events(dataset: Dataset, channel: str, sample: str) -> Events:
    events = dataset.unlabelled(channel) if sample == BOX else dataset.background(channel)
    if events is None:
        msg = f"channel {channel} has no unlabelled events any more; run the detector again"
        raise DataError(msg)
    return events


def _axes(run: StoredRun, by: str) -> Axes:
    """Return what was asked for, or the natural choice."""
    spaces = {name.partition("|")[2] for name in _coordinate_names(run)}
    if not by:
        return Axes(space=min(spaces)) if len(spaces) == 1 else Axes(score=run.record.scores[0])
    if by in spaces:
        return Axes(space=by)
    if by in run.record.scores:
        return Axes(score=by)
    raise UnknownNameError(f"score or space of {run.record.entry}", by, {*spaces, *run.record.scores})


def _coordinate_names(run: StoredRun) -> list[str]:
    path = run.folder / "coordinates.npz"
    if not path.exists():
        return []
    with np.load(path, allow_pickle=False) as stored:
        return [name for name in stored.files if stored[name].ndim == 2 and stored[name].shape[1] >= 2]


def _matched(run: StoredRun, axes: Axes, variable: str, parts: Iterable[tuple[str, Events, int | None]]) -> Searched:
    masses, points, injected, names = [], [], [], []
    with run.scores() as file:
        for sample, events, number in parts:
            rows = file.rows(sample)[:number]
            masses.append(masses_of(events, rows, variable, sample))
            points.append(_points(run, axes, sample)[: len(rows)])
            injected.append(np.full(len(rows), number is not None))
            names.append(f"{len(rows):,} unlabelled events" if sample == BOX else f"{len(rows):,} events of {sample}")
    columns = [np.concatenate([one[:, k] for one in points]) for k in range(points[0].shape[1])]
    return Searched(
        np.concatenate(masses),
        columns[0],
        columns[1] if len(columns) > 1 else None,
        np.concatenate(injected),
        axes,
        " + ".join(names),
    )


def _points(run: StoredRun, axes: Axes, sample: str) -> Floats:
    """Return the background loss and the smallest signal loss, (n, 2), or a score, (n, 1)."""
    if axes.score:
        with run.scores() as file:
            return file.sample(sample, axes.score).scores[:, None]
    name = f"{sample}|{axes.space}"
    with np.load(run.folder / "coordinates.npz", allow_pickle=False) as stored:
        if name not in stored.files or stored[name].ndim != 2 or stored[name].shape[1] < 2:
            msg = f"run {run.record.key[:8]} has no space '{axes.space}' of two coordinates for {sample}; choose --by"
            raise MissingError(msg)
        values = np.asarray(stored[name], np.float64)
    return np.stack([values[:, 0], values[:, 1:].min(axis=1)], axis=1)
