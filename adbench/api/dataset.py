"""The contract of a data set: background to train and test on, signals to find."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError, UnknownNameError

if TYPE_CHECKING:
    from adbench.api.events import Events

__all__ = ["Dataset", "DatasetInfo", "DatasetOptions", "held_out", "prior_half", "source_ids"]


@dataclass(frozen=True, slots=True)
class DatasetOptions:
    """What a user may choose about a data set.

    Attributes:
        edition: name of an edition; None = the default one.
        data: a folder of files in the data set's official layout, used instead of an edition.
        split: name of the split of a single background file; None = the default one.
        folds: number of folds of the split ``k-folds``.
        raw: take the files as they are, without re-applying cuts.
        skip_bad_lines: count and report malformed lines instead of stopping at the first.
        cache: folder for converted files.
        options: further options that only this data set knows.
    """

    edition: str | None = None
    data: Path | None = None
    split: str | None = None
    folds: int = 5
    raw: bool = False
    skip_bad_lines: bool = False
    cache: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What a data set says of itself.

    Attributes:
        name: the plugin's name, ``darkmachines``.
        edition: which events: ``sample``, ``hackathon``, or ``folder`` for a user's own files; with ``-raw`` behind
            where the option ``raw`` takes files as they are.
        channels: names of the channels, in their order on tables.
        signals: names of the signals of each channel; may be empty.
        families: signal name to family; signals of one family are variants of one model. A signal that is
            not listed is its own family.
        selections: the selection of each channel in words, with units.
        split: how background was divided into train, validation and test, as a stable text.
        splits: what each split that can be asked for means, the one in use among them.
        folds: number of folds whose union is the test background; 1 = an ordinary split.
        summary: one line.
        doi: persistent identifiers.
        licence: licence of the events.
        provenance: where the events come from (program, record, command), in lines of less than 80 characters.
        proxies: names of the priors by channel, where they are samples of their own and no halves of the channel's
            signals: nothing is learnt from these, so they are measured whole.
        luminosities: what the background of a channel stands for, in fb^-1, where that is known.
        masses: names in ``Events.aux`` of the masses in GeV that may be searched for a resonance, the usual one first;
            none that detectors see as a feature, for they would sculpt its spectrum.
        notes: what a reader of results must know: missing signals, caps, dropped lines.
    """

    name: str
    edition: str
    channels: tuple[str, ...]
    signals: Mapping[str, tuple[str, ...]]
    families: Mapping[str, str] = field(default_factory=dict)
    selections: Mapping[str, str] = field(default_factory=dict)
    split: str = ""
    splits: Mapping[str, str] = field(default_factory=dict)
    folds: int = 1
    summary: str = ""
    doi: tuple[str, ...] = ()
    licence: str = ""
    provenance: tuple[str, ...] = ()
    proxies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    luminosities: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    masses: tuple[str, ...] = ()

    def family(self, signal: str) -> str:
        """Return the family of a signal."""
        return self.families.get(signal, signal)

    def halved(self, channel: str) -> tuple[str, ...]:
        """Return the signals whose prior halves may be learnt from, so that only the other halves may be measured."""
        return () if channel in self.proxies else self.signals.get(channel, ())

    def check_channel(self, channel: str) -> str:
        """Return the channel; raise UnknownNameError, with the note on that channel if any, when there is none."""
        if channel not in self.channels:
            notes = [f" ({note})" for note in self.notes if note.startswith(f"channel {channel}:")]
            listing = (", ".join(sorted(self.channels)) or "none") + "".join(notes[:1])
            raise UnknownNameError(f"channel of {self.name}", channel, self.channels, listing)
        return channel

    def check_signal(self, channel: str, signal: str) -> str:
        """Return the signal; raise UnknownNameError when the channel has none of that name."""
        known = self.signals.get(self.check_channel(channel), ())
        if signal not in known:
            raise UnknownNameError(f"signal in channel {channel} of {self.name}", signal, known)
        return signal


class Dataset(ABC):
    """Read-only access to a data set. Reading the same thing twice gives the same events in the same order.

    Events carry ``aux["row"]`` (int64, place in the source) and ``aux["source"]`` (int64; copies of one
    generated event share it), which the harness uses for splits, pairing and intervals.
    """

    def __init__(self, options: DatasetOptions) -> None:
        self.options = options

    @property
    @abstractmethod
    def info(self) -> DatasetInfo:
        """What the data set is; cheap to ask for."""

    @abstractmethod
    def fingerprint(self, channel: str) -> str:
        """Return a text that changes whenever the events of the channel change (a hash of sources and settings)."""

    def prepare(self, channel: str) -> None:  # noqa: B027  an empty default is the right one for data in memory
        """Convert or download what the channel needs. Idempotent, resumable, atomic.

        Called before samples are asked for, in every process; `info` and `fingerprint` have to answer before it.
        """

    @abstractmethod
    def train(self, channel: str) -> Events:
        """Return background to learn from."""

    @abstractmethod
    def validation(self, channel: str) -> Events:
        """Return background for early stopping."""

    @abstractmethod
    def background(self, channel: str) -> Events:
        """Return the test background."""

    @abstractmethod
    def signal(self, channel: str, name: str) -> Events:
        """Return the events of a signal; raises UnknownNameError."""

    def fold(self, index: int) -> Dataset:
        """Return the view of one fold, 0 <= index < info.folds; the data set itself when it has no folds."""
        return self

    def unlabelled(self, channel: str) -> Events | None:
        """Return events to score and export without metrics (black boxes, secret data); None = there are none.

        Ids by which their scores are to be handed in are kept in ``aux["event_id"]`` (int64).
        """
        return None

    def read(self, path: Path, channel: str) -> Events:
        """Return the events of a file in the data set's own format, for a trained detector to score.

        ``aux["row"]`` says where in the file an event stands; events that fail the channel's selection may be missing.

        Raises:
            MissingError: the data set has no reader of files.
            DataError: the file breaks its format.
        """
        msg = f"{self.info.name} reads no files of its own format; give a .parquet or .root table"
        raise MissingError(msg)

    def priors(self, channel: str) -> Mapping[str, Events]:
        """Return the signal examples for semi-supervised detectors: the prior half of each signal.

        A data set that gives other samples in a channel names them in `DatasetInfo.proxies`.
        """
        halves = {}
        for name in self.info.signals.get(channel, ()):
            events = self.signal(channel, name)
            halves[name] = events[prior_half(source_ids(events))]
        return halves


def prior_half(sources: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return bool (n,): which events of a signal belong to its prior half; the others are the measured half.

    The choice is a hash of the source id, so copies of one generated event stay together, and the halves do
    not depend on the order or number of the events.
    """
    with np.errstate(over="ignore"):
        x = np.asarray(sources).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
    return ((x >> np.uint64(40)) & np.uint64(1)).astype(bool)


def held_out(prior: Events, one_in: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return bool (n,): which events of a prior a detector keeps from a network, to choose or to reduce with them.

    Sources are drawn and not events, so that copies of one event are all on one side.

    Args:
        prior: events with ``aux["source"]``, as the harness hands priors over.
        one_in: one of so many sources is kept, rounded down.
        rng: what draws; the context's, for scores that repeat.
    """
    sources, place = np.unique(source_ids(prior), return_inverse=True)
    kept = np.zeros(len(sources), np.bool_)
    kept[rng.permutation(len(sources))[: len(sources) // one_in]] = True
    return np.asarray(kept[place])


def source_ids(events: Events) -> NDArray[np.int64]:
    """Return int64 (n,): the source id of each event; its place in the array where the data set gives none."""
    return np.asarray(events.aux.get("source", np.arange(len(events))), np.int64)
