"""The data set under test: opened once, its samples read once, whatever the number of checks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from adbench.api import Dataset, DatasetInfo, DatasetOptions, DatasetSpec, Events
from adbench.testing.conformance.outcome import Fault, Skipped
from adbench.testing.conformance.raising import fault_of

__all__ = ["Subject", "samples_of"]

T = TypeVar("T")


class Subject:
    """A data set by its description; what goes wrong while it is opened or read is told by one check."""

    def __init__(self, spec: DatasetSpec, options: DatasetOptions, channels: Sequence[str] = ()) -> None:
        """Keep what is to be opened; `channels` are those to look at, empty = all."""
        self.spec, self.options = spec, options
        self._chosen = tuple(channels)
        self._read: dict[str, dict[str, Events]] = {}

    @functools.cached_property
    def dataset(self) -> Dataset:
        """The opened data set; raises Fault where it cannot be opened."""
        return self.opened()

    def opened(self, split: str | None = None) -> Dataset:
        """Return the data set opened anew, with another split if one is named."""
        options = replace(self.options, split=split) if split else self.options
        return self.attempt("opening it", lambda: self.spec.open(options))

    @property
    def info(self) -> DatasetInfo:
        """What it says of itself; skips the check where it cannot be opened."""
        try:
            return self.attempt("its info", lambda: self.dataset.info)
        except Fault:
            msg = "not tried: it could not be opened"
            raise Skipped(msg) from None

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels to look at."""
        return tuple(map(self.info.check_channel, self._chosen)) or self.info.channels

    def read(self, channel: str) -> dict[str, Events]:
        """Return the samples of a channel by name; raises Fault where one cannot be read."""
        if channel not in self._read:
            self._read[channel] = samples_of(self, self.dataset, channel)
        return self._read[channel]

    def samples(self) -> Iterator[tuple[str, dict[str, Events]]]:
        """Yield the samples of each channel; skip the check where they cannot be read, which `reads` tells."""
        for channel in self.channels:
            try:
                read = self.read(channel)
            except Fault:
                msg = f"not tried: channel {channel} could not be read"
                raise Skipped(msg) from None
            yield channel, read

    def attempt(self, what: str, step: Callable[[], T]) -> T:
        """Return what a step of the data set returns; raise Fault that names the author's line where it raises."""
        try:
            return step()
        except (KeyboardInterrupt, Fault, Skipped):
            raise
        except BaseException as error:  # a plugin may raise anything, SystemExit included
            raise fault_of(what, error, self.spec.target.partition(":")[0]) from error


def samples_of(subject: Subject, dataset: Dataset, channel: str) -> dict[str, Events]:
    """Return the samples of a prepared channel by name; with folds, what is learnt from is that of the first.

    Raises:
        Fault: a sample cannot be read, or is no Events.
    """
    subject.attempt(f"prepare('{channel}')", lambda: dataset.prepare(channel))
    learning = subject.attempt("fold(0)", lambda: dataset.fold(0))
    steps: dict[str, Callable[[], Events | None]] = {
        "train": lambda: learning.train(channel),
        "validation": lambda: learning.validation(channel),
        "background": lambda: dataset.background(channel),
        "unlabelled": lambda: dataset.unlabelled(channel),
    }
    for name in dataset.info.signals.get(channel, ()):
        steps[f"signal {name}"] = functools.partial(dataset.signal, channel, name)
    samples = {}
    for sample, step in steps.items():
        events = subject.attempt(f"{sample} of channel {channel}", step)
        if events is None and sample == "unlabelled":
            continue
        if not isinstance(events, Events):
            seen = f"{sample} of channel {channel} is {type(events).__name__}"
            raise Fault(seen, "return adbench.api.Events; Events.build makes them from any arrays")
        samples[sample] = events
    return samples
