"""Which stored runs may stand on one board: same events, same split, same protocol, one version of each detector.

Nothing is mixed silently. What does not fit the chosen combination is left out, and a note says what and how to see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from adbench.api.errors import MissingError, UnknownNameError
from adbench.runs.key import canonical_json
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["Selection", "natural", "select_runs"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Runs that may be compared with each other.

    Attributes:
        dataset: name of the data set.
        edition: its edition.
        split: how background was divided.
        runs: the comparable runs, failures included, in the order of the results folder.
        left_out: one sentence for each group of runs that does not fit, with the option that shows it.
    """

    dataset: str
    edition: str
    split: str
    runs: tuple[StoredRun, ...]
    left_out: tuple[str, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels of these runs, in natural order."""
        return tuple(sorted({run.record.identity.channel for run in self.runs}, key=natural))


def select_runs(
    results: ResultsFolder | Iterable[StoredRun],
    *,
    dataset: str | None = None,
    edition: str | None = None,
    split: str | None = None,
    channels: Sequence[str] = (),
    supervision: str | None = None,
) -> Selection:
    """Return the runs of one comparable combination.

    What is not asked for is that of the newest run with scores: data set, edition, split, limit on the events,
    and in each channel the fingerprint of the events. Of each detector only the highest version stays.

    Args:
        results: a results folder or stored runs.
        dataset: name of the data set.
        edition: edition of the data set.
        split: split of the background.
        channels: channels to keep; empty = all.
        supervision: keep the entries of this class only.

    Raises:
        MissingError: there are no runs that this version of adbench can compare.
        UnknownNameError: no stored run has this data set, edition, split, channel or class of supervision.
    """
    runs = list(results)
    if not runs:
        _nothing(f"no results in {results.root}" if isinstance(results, ResultsFolder) else "no results")
    runs = _having("data set", dataset, runs, lambda run: run.record.identity.dataset)
    runs = _having("edition", edition, runs, lambda run: run.record.identity.edition)
    runs = _having("split", split, runs, lambda run: run.record.identity.split)
    runs = _having("class of supervision", supervision, runs, lambda run: run.record.supervision)
    valid = [run for run in runs if run.record.key == run.record.identity.key]
    if not valid:
        _nothing("no results of this protocol: the stored ones were measured by another version of adbench")
    newest = _newest(valid)
    alike = [run for run in valid if _combination(run) == _combination(newest)]
    wanted = [run for name in channels for run in _having("channel", name, alike, lambda r: r.record.identity.channel)]
    same_events = _same_events(wanted if channels else alike)
    kept = _one_set_of_parameters(_one_version(same_events))
    notes = [
        *_protocols(len(runs) - len(valid)),
        *_combinations(valid, newest),
        *_other_events(wanted if channels else alike, same_events),
        *_other_versions(same_events, kept),
    ]
    identity = newest.record.identity
    return Selection(identity.dataset, identity.edition, identity.split, tuple(_in_order(kept, runs)), tuple(notes))


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts channel 2b after 2a, and 10 after both.

    Example:
        >>> sorted(["10", "2b", "2a"], key=natural)
        ['2a', '2b', '10']
    """
    words = "".join(c if c.isdigit() else f" {c} " for c in text).split()
    return tuple((0, int(word), "") if word.isdigit() else (1, 0, word) for word in words)


def _having(what: str, wanted: str | None, runs: list[StoredRun], value: Callable[[StoredRun], str]) -> list[StoredRun]:
    known = {value(run) for run in runs}
    if wanted is not None and wanted not in known:
        raise UnknownNameError(f"{what} among the results", wanted, known)
    return [run for run in runs if wanted is None or value(run) == wanted]


def _newest(runs: list[StoredRun]) -> StoredRun:
    return max(runs, key=lambda run: (run.record.status == "ok", run.record.started, run.record.key))


def _combination(run: StoredRun) -> tuple[Any, ...]:
    identity = run.record.identity
    return (identity.dataset, identity.edition, identity.split, identity.max_events)


def _grouped(runs: list[StoredRun], key: Callable[[StoredRun], Any]) -> dict[Any, list[StoredRun]]:
    groups: dict[Any, list[StoredRun]] = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    return groups


def _same_events(runs: list[StoredRun]) -> list[StoredRun]:
    kept = []
    for group in _grouped(runs, lambda run: run.record.identity.channel).values():
        events = _newest(group).record.identity.fingerprint
        kept += [run for run in group if run.record.identity.fingerprint == events]
    return kept


def _one_version(runs: list[StoredRun]) -> list[StoredRun]:
    kept = []
    for group in _grouped(runs, lambda run: run.record.identity.detector).values():
        highest = max(run.record.identity.version for run in group)
        kept += [run for run in group if run.record.identity.version == highest]
    return kept


def _one_set_of_parameters(runs: list[StoredRun]) -> list[StoredRun]:
    """Keep the newest parameters of each entry: a default that changed must not pass for another seed."""
    kept = []
    for group in _grouped(runs, lambda run: run.record.entry).values():
        newest = canonical_json(_newest(group).record.identity.params)
        kept += [run for run in group if canonical_json(run.record.identity.params) == newest]
    return kept


def _in_order(runs: list[StoredRun], original: list[StoredRun]) -> list[StoredRun]:
    keys = {run.record.key for run in runs}
    return [run for run in original if run.record.key in keys]


def _protocols(count: int) -> list[str]:
    return [f"left out: {_runs(count)} measured by another protocol; run them again"] if count else []


def _combinations(runs: list[StoredRun], chosen: StoredRun) -> list[str]:
    notes = []
    for other, count in sorted(Counter(map(_combination, runs)).items(), key=str):
        if other == _combination(chosen):
            continue
        dataset, edition, split, max_events = other
        here = chosen.record.identity
        differing = {
            "dataset": (dataset, here.dataset),
            "edition": (edition, here.edition),
            "split": (split, here.split),
        }
        flags = [f"--{name} {theirs}" for name, (theirs, ours) in differing.items() if theirs != ours]
        limit = "" if max_events is None else f", at most {max_events} events of each sample"
        see = f"; see them with {' '.join(flags)}" if flags else "; the newest limit on the events is shown"
        notes.append(f"left out: {_runs(count)} on {dataset} {edition}, split {split}{limit}{see}")
    return notes


def _other_events(runs: list[StoredRun], kept: list[StoredRun]) -> list[str]:
    lost = Counter(run.record.identity.channel for run in runs) - Counter(run.record.identity.channel for run in kept)
    return [
        f"left out: {_runs(count)} on other events of channel {channel} (the data changed); run them again"
        for channel, count in sorted(lost.items(), key=lambda item: natural(item[0]))
    ]


def _other_versions(runs: list[StoredRun], kept: list[StoredRun]) -> list[str]:
    keys = {run.record.key for run in kept}
    shown = {run.record.identity.detector: run.record.identity.version for run in kept}
    lost = Counter(
        (r.record.entry, r.record.identity.detector, r.record.identity.version)
        for r in runs
        if r.record.key not in keys
    )
    notes = []
    for (entry, detector, version), count in sorted(lost.items()):
        why = (
            "other default parameters"
            if version == shown[detector]
            else f"version {version}; version {shown[detector]} is shown"
        )
        notes.append(f"left out: {_runs(count)} of {entry}, {why}")
    return notes


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _nothing(what: str) -> NoReturn:
    msg = f"{what}. Run something first: adbench run --detector isolation_forest --channel all"
    raise MissingError(msg)
