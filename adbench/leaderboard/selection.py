"""Which stored runs may stand on one board: same events, same split, same protocol, one version of each detector.

Nothing is mixed silently. What does not fit the chosen combination is left out, and a note says what and how to see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from adbench.api.dataset import Dataset
from adbench.api.errors import MissingError, UnknownNameError
from adbench.leaderboard.first_run import asked, asked_of, first_run
from adbench.leaderboard.left_out import (
    combination,
    contaminated_runs,
    natural,
    older_combinations,
    other_combinations,
    other_events,
    other_protocols,
    other_versions,
)
from adbench.leaderboard.stored import readable_runs
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["Selection", "age", "select_runs"]


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
    max_events: int | None = None,
    contaminated: bool = False,
    events: Dataset | None = None,
) -> Selection:
    """Return the runs of one comparable combination.

    What is not asked for is that of the newest run with scores: data set, edition, split, and in each channel the
    fingerprint of the events. Runs on a limited number of events stand back where there are others. Of each detector
    only the highest version stays.

    Args:
        results: a results folder or stored runs.
        dataset: name of the data set.
        edition: edition of the data set.
        split: split of the background.
        channels: channels to keep; empty = all.
        supervision: keep the entries of this class only.
        max_events: show runs that were limited to this number of events of each sample.
        contaminated: keep runs that learnt from background with signal in it.
        events: an opened data set; its name, edition, split and the fingerprints of its channels decide.

    Raises:
        MissingError: there are no runs that this version of adbench can compare, or none on `events`.
        UnknownNameError: no stored run has this data set, edition, split, channel or class of supervision.
    """
    runs, damaged = readable_runs(results)
    if not runs:
        what = f"no results in {results.root}" if isinstance(results, ResultsFolder) else "no results"
        _nothing(what, damaged, asked(dataset, edition, split) if events is None else asked_of(events))
    if events is not None:
        runs = _on_events(events, runs, damaged)
    runs = _having("data set", dataset, runs, lambda run: run.record.identity.dataset)
    runs = _having("edition", edition, runs, lambda run: run.record.identity.edition)
    runs = _having("split", split, runs, lambda run: run.record.identity.split)
    runs = _having("class of supervision", supervision, runs, lambda run: run.record.supervision)
    if max_events is not None:
        limits = {str(run.record.identity.max_events) for run in runs}
        if str(max_events) not in limits:
            raise UnknownNameError("limit on events among the results", str(max_events), limits - {"None"})
        runs = [run for run in runs if run.record.identity.max_events == max_events]
    clean = [run for run in runs if contaminated or not run.record.identity.contamination]
    if not clean:
        _nothing("no results with clean background; --contaminated shows the others")
    apart, runs = len(runs) - len(clean), clean
    valid = [run for run in runs if run.record.key == run.record.identity.key]
    if not valid:
        _nothing("no results of this protocol: the stored ones were measured by another version of adbench")
    newest = _newest(valid)
    alike = [run for run in valid if combination(run) == combination(newest)]
    wanted = [run for name in channels for run in _having("channel", name, alike, lambda r: r.record.identity.channel)]
    same_events = _same_events(wanted if channels else alike)
    current = _one_set_of_parameters(_one_version(same_events))
    kept = _newest_combinations(current)
    notes = [
        *damaged,
        *contaminated_runs(apart),
        *other_protocols(len(runs) - len(valid)),
        *other_combinations(valid, newest),
        *other_events(wanted if channels else alike, same_events),
        *older_combinations(len(current) - len(kept)),
        *other_versions(same_events, current),
    ]
    identity = newest.record.identity
    return Selection(identity.dataset, identity.edition, identity.split, tuple(_in_order(kept, runs)), tuple(notes))


def _having(what: str, wanted: str | None, runs: list[StoredRun], value: Callable[[StoredRun], str]) -> list[StoredRun]:
    known = {value(run) for run in runs}
    if wanted is not None and wanted not in known:
        raise UnknownNameError(f"{what} among the results", wanted, known)
    return [run for run in runs if wanted is None or value(run) == wanted]


def _on_events(events: Dataset, runs: list[StoredRun], damaged: list[str]) -> list[StoredRun]:
    info = events.info
    combined = (info.name, info.edition, info.split)
    there = [run for run in runs if combination(run)[:-1] == combined and run.record.identity.channel in info.channels]
    prints = {channel: events.fingerprint(channel) for channel in {run.record.identity.channel for run in there}}
    found = [run for run in there if run.record.identity.fingerprint == prints[run.record.identity.channel]]
    if not found:
        what = f"no results on these events ({info.name} {info.edition}, split {info.split})"
        _nothing(what, damaged, asked_of(events))
    return found


def _newest(runs: list[StoredRun]) -> StoredRun:
    """Return the newest run with scores; on limited events, or without scores, only where there is no other."""
    newest = max(runs, key=age)
    alike = [run for run in runs if combination(run)[:-1] == combination(newest)[:-1]]
    whole = [run for run in alike if run.record.identity.max_events is None and run.record.status == "ok"]
    return max(whole, key=age, default=newest)


def age(run: StoredRun) -> tuple[bool, str, str]:
    """Return by what a run is newer than others: those with scores are newer than those without."""
    return run.record.status == "ok", run.record.started, run.record.key


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
    """Keep the newest parameters of each entry: a default that changed must not pass for another seed.

    Where a name is that of entries of several detectors, the one that is named so keeps it.
    """
    kept = []
    for group in _grouped(runs, lambda run: run.record.entry).values():
        own = [run for run in group if run.record.named_after == run.record.identity.detector]
        newest = _newest(own or group).record.identity.configuration
        kept += [run for run in group if run.record.identity.configuration == newest]
    return kept


def _newest_combinations(runs: list[StoredRun]) -> list[StoredRun]:
    """Keep one combination of stored scores for each entry, channel and seed: its parents may have run again."""
    trained = [run for run in runs if not run.record.identity.parents]
    combined = [run for run in runs if run.record.identity.parents]
    groups = _grouped(combined, lambda r: (r.record.entry, r.record.identity.channel, r.record.identity.seed))
    return [*trained, *(_newest(group) for group in groups.values())]


def _in_order(runs: list[StoredRun], original: list[StoredRun]) -> list[StoredRun]:
    keys = {run.record.key for run in runs}
    return [run for run in original if run.record.key in keys]


def _nothing(what: str, damaged: Sequence[str] = (), options: Sequence[str] = ()) -> NoReturn:
    what = f"{what} that can be read ({damaged[0].removeprefix('left out: ')})" if damaged else what
    msg = f"{what}. Run something first: {first_run(options)}"
    raise MissingError(msg)
