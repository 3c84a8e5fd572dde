"""Checks of what a data set says of itself."""

from __future__ import annotations

from adbench.api import Dataset, DatasetInfo, UnknownNameError, UsageError
from adbench.runs.names import path_name
from adbench.testing.conformance.outcome import Fault
from adbench.testing.dataset_conformance.subject import Subject

__all__ = ["description", "fingerprints", "opens", "unknown_names"]


def opens(subject: Subject) -> str:
    """It can be imported and opened, and says what it is."""
    kind = subject.attempt("importing it", subject.spec.load)
    if not (isinstance(kind, type) and issubclass(kind, Dataset)):
        raise Fault(f"{subject.spec.target} is no subclass of adbench.api.Dataset", "derive its class from Dataset")
    left = sorted(getattr(kind, "__abstractmethods__", ()))
    if left:
        raise Fault(f"{kind.__name__} does not implement {', '.join(left)}", "write what the contract asks for")
    dataset = subject.dataset
    info = subject.attempt("its info", lambda: dataset.info)
    if not isinstance(info, DatasetInfo):
        raise Fault(f"info is {type(info).__name__}", "return adbench.api.DatasetInfo")
    if info.name != subject.spec.name:
        raise Fault(f"info.name is '{info.name}', its spec's '{subject.spec.name}'", "give both the same name")
    known = subject.spec.editions
    if subject.options.data is None and known and info.edition.removesuffix("-raw") not in known:
        raise Fault(f"info.edition is '{info.edition}', none of {', '.join(known)}", "name it in DatasetSpec.editions")
    return f"{info.name}, edition {info.edition}, split {info.split or 'its own'}"


def description(subject: Subject) -> str:
    """Its channels, signals and proxies fit each other, and their names can be parts of paths."""
    info = subject.info
    _must_be_names("channels", info.channels)
    _must_be_names("masses", info.masses)
    for what in ("signals", "proxies"):
        for channel, names in getattr(info, what).items():
            _must_be_names(f"{what} of channel {channel}", names)
    if not info.channels or len(set(info.channels)) != len(info.channels):
        raise Fault(f"channels are {info.channels}", "name at least one channel, each once")
    for channel in info.channels:
        _must_be_path("channel", channel)
        signals = info.signals.get(channel, ())
        if len(set(signals)) != len(signals):
            raise Fault(f"channel {channel} names a signal twice", "name each once")
        for signal in signals:
            _must_be_path("signal", signal)
    for what in ("signals", "proxies", "selections", "luminosities"):
        strange = sorted(set(getattr(info, what)) - set(info.channels))
        if strange:
            raise Fault(f"{what} of {', '.join(strange)}, which is no channel", "use the names in DatasetInfo.channels")
    if not info.summary:
        raise Fault("DatasetInfo.summary is empty", "say in one line what the events are")
    return f"{_counted(len(info.channels), 'channel')}, {_counted(sum(map(len, info.signals.values())), 'pair')}"


def fingerprints(subject: Subject) -> str:
    """The fingerprint of a channel is a text, and that of another opening is the same."""
    channels, other = subject.channels, subject.opened()
    for channel in channels:
        first, second = (_fingerprint(subject, dataset, channel) for dataset in (subject.dataset, other))
        if not (isinstance(first, str) and first):
            raise Fault(f"fingerprint of channel {channel} is {first!r}", "return a hash of sources and settings")
        if first != second:
            seen = f"fingerprint of channel {channel} is {first} at first, {second} when opened again"
            raise Fault(seen, "hash sources and settings only: no time, no address, no order of a set")
    return "opened twice"


def unknown_names(subject: Subject) -> str:
    """A signal that it does not have is refused by name."""
    for channel, _ in subject.samples():
        fix = "begin signal() with self.info.check_signal(channel, name)"
        try:
            subject.dataset.signal(channel, "no_such_signal")
        except UnknownNameError:
            continue
        except Exception as error:
            what = f"signal('{channel}', 'no_such_signal') raised {type(error).__name__}"
            raise Fault(f"{what}, not UnknownNameError", fix) from error
        raise Fault(f"signal('{channel}', 'no_such_signal') returned events", fix)
    return "refused by name"


def _fingerprint(subject: Subject, dataset: Dataset, channel: str) -> str:
    return subject.attempt(f"fingerprint('{channel}')", lambda: dataset.fingerprint(channel))


def _must_be_names(what: str, names: object) -> None:
    """Raise Fault unless names are in a tuple: of a lone text every letter would be one."""
    if not isinstance(names, tuple | list) or not all(isinstance(name, str) for name in names):
        raise Fault(f"{what} are {names!r}, no tuple of texts", 'write ("one",), with the comma')


def _must_be_path(what: str, name: object) -> None:
    try:
        path_name(what, name)
    except UsageError as error:
        raise Fault(str(error), "rename it; results are stored under these names") from None


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
