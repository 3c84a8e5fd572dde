"""Checks of how events are divided: nothing is learnt from and measured."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from adbench.api import AdbenchError, Dataset, Events, PluginError
from adbench.api.dataset import source_ids
from adbench.runs.priors import prior_halves
from adbench.testing.conformance.outcome import Fault, Skipped
from adbench.testing.dataset_conformance.hashing import event_hashes
from adbench.testing.dataset_conformance.subject import Subject, samples_of

__all__ = ["apart", "places", "priors", "signals_apart", "splits"]

_CHANCE = 1e-3  # share of events that may look the same by chance: objects are few and files round


def places(subject: Subject) -> str:
    """The place of an event in its source, aux['row'], is its own in each sample that is scored."""
    for channel, samples in subject.samples():
        for name, events in samples.items():
            rows = events.aux.get("row", np.arange(len(events)))
            twice = len(rows) - len(np.unique(rows))
            if twice and name != "train":
                fix = "number the events of the source from 0; copies of one event share aux['source'], not their row"
                raise Fault(f"{twice} events of {name} in channel {channel} share their aux['row'] with another", fix)
    return "each event has its own"


def apart(subject: Subject) -> str:
    """Background to learn from, for early stopping and to test on share no source and no event."""
    for channel, samples in subject.samples():
        _must_be_apart({name: samples[name] for name in ("train", "validation", "background")}, f"channel {channel}")
    return "train, validation and background"


def signals_apart(subject: Subject) -> str:
    """Signals are no background."""
    for channel, samples in subject.samples():
        for name, events in samples.items():
            if name.startswith("signal "):
                for part in ("train", "background"):
                    shared = _same_events(events, samples[part])
                    if shared > _CHANCE * len(events):
                        seen = f"{shared} of {len(events)} events of {name} in channel {channel} are in {part} too"
                        raise Fault(seen, "divide events by what they are before they are divided by use")
    return "no signal holds events of background"


def priors(subject: Subject) -> str:
    """Priors are halves of signals that are not measured, or proxies that say so."""
    names: dict[str, None] = {}
    for channel, _ in subject.samples():
        try:
            found = subject.attempt(f"priors('{channel}')", functools.partial(prior_halves, subject.dataset, channel))
        except Fault as fault:
            if isinstance(fault.__cause__, PluginError):
                raise Fault(str(fault.__cause__), "leave priors() to Dataset, or declare proxies") from None
            raise
        declared = subject.info.proxies.get(channel)
        if declared is not None and set(declared) != set(found):
            seen = (
                f"proxies of channel {channel} are {', '.join(declared)}; priors() gives {', '.join(found) or 'none'}"
            )
            raise Fault(seen, "declare and give the same names")
        names |= dict.fromkeys(found)
    return f"{len(names)} of them" if names else "none"


def splits(subject: Subject) -> str:
    """Each split that it offers for these events tells its name and keeps its parts apart, in all folds."""
    tried = []
    _ = subject.info
    for split in subject.spec.splits:
        dataset = _opened(subject, split)
        if dataset is None:
            continue
        for channel in subject.channels:
            _must_divide(subject, dataset, channel, split)
        if not dataset.info.split.startswith(split):
            seen = f"with --split {split}, info.split is '{dataset.info.split}'"
            raise Fault(seen, "let info.split begin with the name that the user gives: it is part of a run's key")
        tried.append(split)
    if not tried:
        msg = "its events come divided"
        raise Skipped(msg)
    return ", ".join(tried)


def _opened(subject: Subject, split: str) -> Dataset | None:
    """Return the data set with another split; None where it refuses these events, of which it may need more."""
    try:
        dataset = subject.opened(split)
        for channel in subject.channels:
            subject.attempt(f"prepare('{channel}') in split {split}", functools.partial(dataset.prepare, channel))
    except Fault as fault:
        if isinstance(fault.__cause__, AdbenchError):
            return None
        raise
    return dataset


def _must_divide(subject: Subject, dataset: Dataset, channel: str, split: str) -> None:
    """Raise Fault unless the parts of each fold are apart and the folds together test each event once."""
    where, folds = f"channel {channel}, split {split}", dataset.info.folds
    if folds == 1:
        samples = samples_of(subject, dataset, channel)
        _must_be_apart({name: samples[name] for name in ("train", "validation", "background")}, where)
        return
    tests = []
    for index in range(folds):
        view = subject.attempt(f"fold({index})", functools.partial(dataset.fold, index))
        parts = {"train": view.train(channel), "validation": view.validation(channel)}
        tests.append(view.background(channel))
        _must_be_apart({**parts, "background": tests[-1]}, f"{where}, fold {index}")
    sources = np.concatenate([np.unique(source_ids(events)) for events in tests])
    whole = len(dataset.background(channel))
    if len(np.unique(sources)) != len(sources) or sum(map(len, tests)) != whole:
        seen = f"{where}: the folds test {sum(map(len, tests))} events, some perhaps twice; there are {whole}"
        raise Fault(seen, "deal sources to folds, each to one")


def _must_be_apart(samples: Mapping[str, Events], where: str) -> None:
    fix = "divide by source: events of one aux['source'] belong to one part"
    names = list(samples)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            a, b = samples[first], samples[second]
            if "source" in a.aux and "source" in b.aux:
                shared = len(np.intersect1d(source_ids(a), source_ids(b)))
                if shared:
                    raise Fault(f"{where}: {first} and {second} share {shared} sources", fix)
            same = _same_events(b, a)
            if same > _CHANCE * len(b):
                raise Fault(f"{where}: {same} of {len(b)} events of {second} are in {first} too", fix)


def _same_events(events: Events, others: Events) -> int:
    """Return how many events are, bit for bit, among others."""
    return int(np.isin(event_hashes(events), event_hashes(others)).sum())
