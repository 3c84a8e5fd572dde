"""What a board leaves out, in words: runs that may not be compared with those it shows."""

from __future__ import annotations

import re
import shlex
from collections import Counter

from adbench.runs.store import StoredRun

__all__ = [
    "combination",
    "natural",
    "older_combinations",
    "other_combinations",
    "other_events",
    "other_protocols",
    "other_versions",
]


def combination(run: StoredRun) -> tuple[str, str, str, int | None]:
    """Return what all runs of a board have in common: data set, edition, split, limit on the events."""
    identity = run.record.identity
    return (identity.dataset, identity.edition, identity.split, identity.max_events)


def natural(text: str) -> tuple[list[str | int], str]:
    """Return a sort key that puts channel 2b after 2a, and 10 after both.

    Example:
        >>> sorted(["10", "2b", "2a"], key=natural)
        ['2a', '2b', '10']
    """
    parts = re.split(r"(\d+)", text)  # text and digits alternate, so that only equal types are compared
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], text


def contaminated_runs(count: int) -> list[str]:
    """Return the note on runs that learnt from background with signal in it."""
    return [f"left out: {_runs(count)} with signal in the training background; see --contaminated"] if count else []


def other_protocols(count: int) -> list[str]:
    """Return the note on runs whose key does not follow from their identity: this protocol would not find them."""
    return [f"left out: {_runs(count)} measured by another protocol; run them again"] if count else []


def other_combinations(runs: list[StoredRun], chosen: StoredRun) -> list[str]:
    """Return the notes on runs of another combination than that of a chosen run, with the options that show them."""
    notes = []
    for other, count in sorted(Counter(map(combination, runs)).items(), key=str):
        if other == combination(chosen):
            continue
        dataset, edition, split, max_events = other
        here = chosen.record.identity
        theirs = {"dataset": dataset, "edition": edition, "split": split}
        flags = [f"--{name} {shlex.quote(value)}" for name, value in theirs.items() if value != getattr(here, name)]
        flags += [f"--max-events {max_events}"] if max_events is not None else []
        limit = "" if max_events is None else f", at most {max_events} events of each sample"
        see = f"; see them with {' '.join(flags)}" if flags else ""
        notes.append(f"left out: {_runs(count)} on {dataset} {edition}, split {split}{limit}{see}")
    return notes


def other_events(runs: list[StoredRun], kept: list[StoredRun]) -> list[str]:
    """Return the notes on runs that were not kept because the events of their channel are others."""
    lost = Counter(run.record.identity.channel for run in runs) - Counter(run.record.identity.channel for run in kept)
    return [
        f"left out: {_runs(count)} on other events of channel {channel} (another folder, other options or changed "
        "files); show them with --data DIR"
        for channel, count in sorted(lost.items(), key=lambda item: natural(item[0]))
    ]


def older_combinations(count: int) -> list[str]:
    """Return the note on ensembles of stored scores that were made again, of other parents or of reruns of them."""
    return [f"left out: {_runs(count)} of older combinations of stored scores; the newest are shown"] if count else []


def other_versions(runs: list[StoredRun], kept: list[StoredRun]) -> list[str]:
    """Return the notes on runs that were not kept because of their detector's version or parameters.

    A run whose entry is that of another detector has a record that was changed; none is written so.
    """
    keys = {run.record.key for run in kept}
    shown = {run.record.identity.detector: run.record.identity.version for run in kept}
    owners = {run.record.entry: run.record.identity.detector for run in kept}
    lost = Counter(
        (r.record.entry, r.record.identity.detector, r.record.identity.version)
        for r in runs
        if r.record.key not in keys
    )
    notes = []
    for (entry, detector, version), count in sorted(lost.items()):
        newest, owner = shown.get(detector, version), owners.get(entry, detector)
        if owner != detector:
            why = f"but of detector {detector}, not {owner}; see what is wrong with: adbench results verify"
        elif version == newest:
            why = "with other default parameters"
        else:
            why = f"version {version}; version {newest} is shown"
        notes.append(f"left out: {_runs(count)} of {entry}, {why}")
    return notes


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"
