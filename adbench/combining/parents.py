"""Which stored runs combine: the same events, divided the same way, by the same seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adbench.api.errors import MissingError, UnknownNameError, UsageError
from adbench.runs.store import StoredRun

__all__ = ["Parent", "check_alike", "matching"]

_ALIKE = {
    "dataset": "data sets",
    "edition": "editions",
    "split": "splits",
    "channel": "channels",
    "fingerprint": "events",
    "max_events": "limits on the events",
    "seed": "seeds",
    "contamination": "shares of signal among the events learnt from",
}

_DIGITS = 4  # of a key at least: fewer are rather the misspelt name of an entry


@dataclass(frozen=True, slots=True)
class Parent:
    """One run in a combination.

    Attributes:
        run: the stored run.
        score: the name of its score.
        name: how the user calls it: the entry, or ``entry:score``.
    """

    run: StoredRun
    score: str
    name: str

    @property
    def mark(self) -> str:
        """What stands for the parent in the identity of the combination: another rerun's scores are another mark."""
        return f"{self.run.record.key}:{self.score}:{self.run.record.scores_sha256[:16]}"


def check_alike(parents: Sequence[Parent]) -> None:
    """Raise UsageError, naming what differs, unless the runs may be combined."""
    first = parents[0]
    for other in parents[1:]:
        for field, what in _ALIKE.items():
            here, there = (getattr(parent.run.record.identity, field) for parent in (first, other))
            if here != there:
                msg = (
                    f"{first.name} ({first.run.record.key}) and {other.name} ({other.run.record.key}) have different "
                    f"{what}: {here} and {there}; run both on the same ones"
                )
                raise UsageError(msg)


def matching(runs: Iterable[StoredRun], names: Sequence[str], others: Iterable[StoredRun] = ()) -> list[list[Parent]]:
    """Return the groups of runs that combine, one for each channel and seed that all named entries have.

    Args:
        runs: comparable runs, of one data set, edition and split.
        names: entries, or ``entry:score`` for another score than the first, or the key of a single run,
            or its first digits, four at least.
        others: all stored runs; a name that none of `runs` has is looked for here.

    Raises:
        UnknownNameError: no stored run is called so.
        MissingError: the entries share no channel and seed; the message says what each has.
        UsageError: an entry is named twice, or has runs on different events; or several keys begin with some digits.
    """
    if len(set(names)) < len(names):
        msg = f"a parent is named twice: {', '.join(names)}; name each once"
        raise UsageError(msg)
    stored = [run for run in runs if run.record.status == "ok"]
    apart = [run for run in others if run.record.status == "ok"]
    found = [_runs_of(name, stored, apart) for name in names]
    places = [set(by_place) for by_place in found]
    common = set.intersection(*places)
    if not common:
        if all(len(some) == 1 for some in places):  # single runs: say what differs
            check_alike([next(iter(by_place.values())) for by_place in found])
        have = "; ".join(
            f"{name}: " + ", ".join(f"channel {channel} seed {seed}" for channel, seed in sorted(some))
            for name, some in zip(names, places, strict=True)
        )
        msg = f"these entries share no channel with the same seed ({have}). Run the missing ones: adbench run"
        raise MissingError(msg)
    groups = [[by_place[place] for by_place in found] for place in sorted(common)]
    for group in groups:
        marks = [parent.mark for parent in group]
        for i, mark in enumerate(marks):
            if mark in marks[:i]:
                msg = f"{names[marks.index(mark)]} and {names[i]} are the same run and score; name each once"
                raise UsageError(msg)
        check_alike(group)
    return groups


def _runs_of(name: str, stored: Sequence[StoredRun], apart: Sequence[StoredRun]) -> dict[tuple[str, int], Parent]:
    entry, _, score = name.rpartition(":") if ":" in name else (name, "", "")
    mine = [run for run in stored if run.record.entry == entry]
    mine = mine or [run for run in apart if run.record.entry == entry]
    if not mine and (mine := _of_key(entry, [*stored, *apart])):
        name = f"{mine[0].record.key}:{score}" if score else mine[0].record.key  # the same name for any digits
    if not mine:
        entries = {run.record.entry for run in (*stored, *apart)}
        raise UnknownNameError("entry with scores", entry, entries, "adbench results list")
    parents: dict[tuple[str, int], Parent] = {}
    for run in mine:
        known = run.record.scores
        if score and score not in known:
            raise UnknownNameError(f"score of {entry}", score, known)
        place = (run.record.identity.channel, run.record.identity.seed)
        if place in parents:
            msg = (
                f"{entry} has two runs in channel {place[0]}, seed {place[1]} ({parents[place].run.record.key}, "
                f"{run.record.key}); name one by its key"
            )
            raise UsageError(msg)
        parents[place] = Parent(run, score or known[0], name)
    return parents


def _of_key(digits: str, runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Return the run whose key begins with these digits, or none; raise UsageError where several do."""
    found = {run.record.key: run for run in runs if len(digits) >= _DIGITS and run.record.key.startswith(digits)}
    if len(found) > 1:
        msg = f"{len(found)} stored runs begin with '{digits}': {', '.join(sorted(found)[:5])}; give more digits"
        raise UsageError(msg)
    return list(found.values())
