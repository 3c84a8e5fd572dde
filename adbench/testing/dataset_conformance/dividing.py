"""Checks of how events are divided: nothing is learnt from and measured."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from adbench.api import AdbenchError, Dataset, Events, PluginError, UnknownNameError
from adbench.api.dataset import source_ids
from adbench.runs.priors import prior_halves
from adbench.testing.conformance.outcome import Fault, Skipped
from adbench.testing.dataset_conformance.hashing import event_hashes, same_events
from adbench.testing.dataset_conformance.subject import Subject

__all__ = ["apart", "places", "priors", "signals_apart", "splits"]

Hashes = NDArray[np.uint64]
_BACKGROUND = ("train", "validation", "background")
_CHANCE = 1e-3  # share of events that may look the same by chance: objects are few and files round


def places(subject: Subject) -> str:
    """The place of an event in its source, aux['row'], is its own in each sample that is scored."""
    for channel, samples in subject.samples():
        for name, events in samples.items():
            rows = events.aux.get("row", np.arange(len(events)))
            twice = len(rows) - len(np.unique(rows))
            if twice and not name.startswith(("train", "proxy ")):
                fix = "number the events of the source from 0; copies of one event share aux['source'], not their row"
                raise Fault(f"{twice} events of {name} in channel {channel} share their aux['row'] with another", fix)
    return "each event has its own"


def apart(subject: Subject) -> str:
    """Background to learn from, for early stopping and to test on share no source and no event."""
    for channel, samples in subject.samples():
        hashed = {name: (samples[name], subject.hashes(channel, name)) for name in _BACKGROUND}
        _must_be_apart(hashed, f"channel {channel}")
    return "train, validation and background"


def signals_apart(subject: Subject) -> str:
    """Signals are no background, and proxies are neither signals nor background to test on."""
    for channel, samples in subject.samples():
        signals = [name for name in samples if name.startswith("signal ")]
        pairs = [(signal, part) for signal in signals for part in _BACKGROUND]
        pairs += [(name, part) for name in samples if name.startswith("proxy ") for part in (*signals, "background")]
        for name, part in pairs:
            shared, n = same_events(subject.hashes(channel, name), subject.hashes(channel, part)), len(samples[name])
            if shared > _CHANCE * n:
                seen = f"{shared} of {n} events of {name} in channel {channel} are in {part} too"
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
    tried, refused, channels = [], [], subject.channels
    for split in subject.spec.splits:
        dataset = _opened(subject, split)
        if dataset is None:
            refused.append(split)
            continue
        for channel in channels:
            _must_divide(subject, dataset, channel, split)
        if not dataset.info.split.startswith(split):
            seen = f"with --split {split}, info.split is '{dataset.info.split}'"
            raise Fault(seen, "let info.split begin with the name that the user gives: it is part of a run's key")
        tried.append(split)
    if not tried:
        msg = f"refused for these events: {', '.join(refused)}" if refused else "its events come divided"
        raise Skipped(msg)
    return ", ".join(tried) + (f"; refused for these events: {', '.join(refused)}" if refused else "")


def _opened(subject: Subject, split: str) -> Dataset | None:
    """Return the data set with another split; None where it refuses these events, of which it may need more."""
    try:
        dataset = subject.opened(split)
        for channel in subject.channels:
            prepare = functools.partial(dataset.prepare, channel)
            subject.attempt(f"prepare('{channel}') in split {split}", prepare, passing=(AdbenchError,))
    except UnknownNameError as error:
        raise Fault(
            f"its spec names the split '{split}': {error}", "name in DatasetSpec.splits what can be had"
        ) from None
    except AdbenchError:
        return None
    return dataset


def _must_divide(subject: Subject, dataset: Dataset, channel: str, split: str) -> None:
    """Raise Fault unless the parts of each fold are apart and the folds together test each event once."""
    where, folds = f"channel {channel}, split {split}", dataset.info.folds
    tests: list[Events] = []
    for index in range(folds):
        view = subject.view(dataset, index)
        of_fold = f"{where}, fold {index}" if folds > 1 else where
        parts = {name: _part(subject, view, name, channel, of_fold) for name in _BACKGROUND}
        _must_be_apart({name: (events, event_hashes(events)) for name, events in parts.items()}, of_fold)
        tests.append(parts["background"])
    if folds > 1:
        whole = event_hashes(_part(subject, dataset, "background", channel, where))
        tested = np.concatenate([event_hashes(events) for events in tests])
        sources = [np.unique(source_ids(events)) for events in tests if "source" in events.aux]
        twice = sum(map(len, sources)) - len(np.unique(np.concatenate([np.zeros(0, np.int64), *sources])))
        if twice or not np.array_equal(np.sort(tested), np.sort(whole)):
            seen = f"{where}: the folds test {len(tested)} events, of {len(whole)} that there are"
            shared = f"; {twice} sources are in more than one" if twice else ""
            raise Fault(seen + shared, "deal sources to folds, each to one")


def _part(subject: Subject, dataset: Dataset, name: str, channel: str, where: str) -> Events:
    events = subject.sample(f"{name} ({where})", functools.partial(getattr(dataset, name), channel))
    assert events is not None  # of unlabelled events alone
    return events


def _must_be_apart(samples: Mapping[str, tuple[Events, Hashes]], where: str) -> None:
    """Raise Fault where two samples, given with their hashes, share a source or an event."""
    fix = "divide by source: events of one aux['source'] belong to one part"
    for first, second in itertools.combinations(samples, 2):
        (a, hashes), (b, others) = samples[first], samples[second]
        if "source" in a.aux and "source" in b.aux:
            shared = len(np.intersect1d(source_ids(a), source_ids(b)))
            if shared:
                raise Fault(f"{where}: {first} and {second} share {shared} sources", fix)
        same = same_events(hashes, others)
        if same > _CHANCE * len(b):
            raise Fault(f"{where}: {same} of {len(b)} events of {second} are in {first} too", fix)
