"""The data set under test: opened once, its samples read once, whatever the number of checks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from adbench.api import Dataset, DatasetInfo, DatasetOptions, DatasetSpec, Events, MissingError, UsageError
from adbench.testing.conformance.outcome import Fault, Skipped
from adbench.testing.conformance.raising import fault_of
from adbench.testing.conformance.random_state import advance, restore, snapshot, touched
from adbench.testing.dataset_conformance.hashing import event_hashes

__all__ = ["Subject"]

T = TypeVar("T")


class Subject:
    """A data set by its description; what goes wrong while it is opened or read is told by one check.

    What the user asked for and is not there (a folder, an edition, a file that was not fetched) is no fault of the data
    set: then UsageError and MissingError come through.
    """

    def __init__(self, spec: DatasetSpec, options: DatasetOptions, channels: Sequence[str] = ()) -> None:
        """Keep what is to be opened; `channels` are those to look at, empty = all."""
        self.spec, self.options = spec, options
        self._chosen = tuple(channels)
        self.used: dict[str, list[str]] = {}
        """Global random generators that opening and the first reading of each channel drew from."""
        self._read: dict[str, dict[str, Events] | Fault] = {}
        self._hashes: dict[tuple[str, str], NDArray[np.uint64]] = {}

    @functools.cached_property
    def dataset(self) -> Dataset:
        """The opened data set; raises Fault where it cannot be opened."""
        return self.opened()

    def opened(self, split: str | None = None) -> Dataset:
        """Return the data set opened anew, with another split if one is named."""
        options = replace(self.options, split=split) if split else self.options
        return self.attempt("opening it", lambda: self.spec.open(options), passing=(UsageError, MissingError))

    @property
    def info(self) -> DatasetInfo:
        """What it says of itself; skips the check where it says nothing, which `opens` tells."""
        try:
            dataset = self.dataset
            info = self.attempt("its info", lambda: dataset.info)
        except Fault:
            info = None
        if not isinstance(info, DatasetInfo):
            msg = "not tried: it could not be opened"
            raise Skipped(msg)
        return info

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels to look at; skips the check where there are none, which `description` tells."""
        found = tuple(map(self.info.check_channel, self._chosen)) or self.info.channels
        if not found:
            msg = "not tried: it has no channel"
            raise Skipped(msg)
        return found

    def read(self, channel: str) -> dict[str, Events]:
        """Return the samples of a channel by name; raises Fault where one cannot be read."""
        if channel not in self._read:
            self._read[channel] = self._first_reading(channel)
        found = self._read[channel]
        if isinstance(found, Fault):
            raise found
        return found

    def _first_reading(self, channel: str) -> dict[str, Events] | Fault:
        """Open and read with a watch on the global random generators, which have their states back afterwards."""
        before = snapshot()
        try:
            advance()
            held = snapshot()
            try:
                return self.samples_of(self.opened(), channel)
            except Fault as fault:
                return fault
            finally:
                self.used[channel] = touched(held, snapshot())
        finally:
            restore(before)

    def samples(self) -> Iterator[tuple[str, dict[str, Events]]]:
        """Yield the samples of each channel; skip the check where they cannot be read, which `reads` tells."""
        for channel in self.channels:
            try:
                read = self.read(channel)
            except Fault:
                msg = f"not tried: channel {channel} could not be read"
                raise Skipped(msg) from None
            yield channel, read

    def hashes(self, channel: str, sample: str) -> NDArray[np.uint64]:
        """Return uint64 (n,): the hashes of the events of a sample that was read."""
        if (channel, sample) not in self._hashes:
            self._hashes[channel, sample] = event_hashes(self.read(channel)[sample])
        return self._hashes[channel, sample]

    def samples_of(self, dataset: Dataset, channel: str) -> dict[str, Events]:
        """Return the samples of a channel by name; with folds, background is that of the first one.

        Raises:
            Fault: a sample cannot be read, or is no Events.
        """
        self.attempt(f"prepare('{channel}')", lambda: dataset.prepare(channel), passing=(MissingError,))
        view = self.view(dataset, 0)
        steps: dict[str, Callable[[], Events | None]] = {
            "train": lambda: view.train(channel),
            "validation": lambda: view.validation(channel),
            "background": lambda: view.background(channel),
            "unlabelled": lambda: dataset.unlabelled(channel),
        }
        for name in dataset.info.signals.get(channel, ()):
            steps[f"signal {name}"] = functools.partial(dataset.signal, channel, name)
        if channel in dataset.info.proxies:
            known = self.attempt(f"priors('{channel}')", lambda: dict(dataset.priors(channel)))
            steps |= {f"proxy {name}": functools.partial(known.__getitem__, name) for name in known}
        samples = {name: self.sample(f"{name} of channel {channel}", step) for name, step in steps.items()}
        return {name: events for name, events in samples.items() if events is not None}

    def view(self, dataset: Dataset, fold: int) -> Dataset:
        """Return the view of a fold; raise Fault where there is none."""
        found = self.attempt(f"fold({fold})", lambda: dataset.fold(fold))
        if not isinstance(found, Dataset):
            raise Fault(f"fold({fold}) is {type(found).__name__}", "return a Dataset; itself where there are no folds")
        return found

    def sample(self, what: str, step: Callable[[], Events | None]) -> Events | None:
        """Return what a method gives; None is allowed for unlabelled events alone."""
        events = self.attempt(what, step)
        if not isinstance(events, Events) and not (events is None and what.startswith("unlabelled")):
            seen = f"{what} is {type(events).__name__}"
            raise Fault(seen, "return adbench.api.Events; Events.build makes them from any arrays")
        return events

    def attempt(self, what: str, step: Callable[[], T], passing: tuple[type[Exception], ...] = ()) -> T:
        """Return what a step of the data set returns; raise Fault that names the author's line where it raises.

        Args:
            what: the step, in words.
            step: is called.
            passing: errors that are not the author's.
        """
        try:
            return step()
        except BaseException as error:  # a plugin may raise anything, SystemExit included
            if isinstance(error, (KeyboardInterrupt, Fault, Skipped, *passing)):
                raise
            raise fault_of(what, error, self.spec.target.partition(":")[0]) from error
