"""What a reader of a board must know: what is unmeasured, capped, missing, measured on halves."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from adbench.api.metric import Metric
from adbench.leaderboard.entries import Column, Entry
from adbench.leaderboard.left_out import natural
from adbench.runs.store import StoredRun

__all__ = [
    "MORE_BACKGROUND",
    "about_data",
    "about_halves",
    "about_limits",
    "about_runs",
    "about_seeds",
    "about_sources",
    "about_unmeasured",
]

MORE_BACKGROUND = "More test background: a larger edition, or files of your own with --data DIR"

_EXPECTED = re.compile(r"(\S+) (independent )?background events? expected(.*)")


def about_data(runs: Iterable[StoredRun]) -> tuple[str, ...]:
    """Return what the data set says of itself: caps, analogues, missing signals."""
    return tuple(dict.fromkeys(str(note) for run in runs for note in run.record.dataset.get("notes", ())))


def about_runs(runs: Iterable[StoredRun]) -> list[str]:
    """Return the notes of single runs, with the entry and channel they concern."""
    notes: dict[str, None] = {}
    for run in runs:
        owner = f"{run.record.entry}, channel {run.record.identity.channel}"
        notes |= dict.fromkeys(f"{owner}: {note}" for note in run.record.notes)
    return list(notes)


def about_limits(runs: Iterable[StoredRun]) -> list[str]:
    """Return that the board stands on a part of the events, where its runs were limited."""
    limits = {run.record.identity.max_events for run in runs if run.record.status == "ok"}
    return [f"these runs used only the first {n} events of each sample" for n in sorted(limits - {None}, key=str)]


def about_seeds(runs: Iterable[StoredRun]) -> list[str]:
    """Return for each entry whose channels rest on different seeds which seeds they have."""
    seeds: dict[str, dict[str, list[int]]] = {}
    for run in runs:
        if run.record.status == "ok":
            identity = run.record.identity
            seeds.setdefault(run.record.entry, {}).setdefault(identity.channel, []).append(identity.seed)
    notes = []
    for entry, by_channel in seeds.items():
        written = {channel: ", ".join(map(str, sorted(some))) for channel, some in by_channel.items()}
        if len(set(written.values())) > 1:
            places = "; ".join(f"{some} in channel {channel}" for channel, some in sorted(written.items()))
            notes.append(f"{entry}: its channels rest on different seeds: {places}")
    return notes


def about_halves(runs: Iterable[StoredRun]) -> list[str]:
    """Return that signals are cut down to halves, and because of whom."""
    done = [run.record for run in runs if run.record.status == "ok"]
    halved = [record for record in done if record.halved_signals]
    trained = sorted({record.entry for record in halved})
    who = f"{trained[0]} and {len(trained) - 1} more" if len(trained) > 2 else " and ".join(trained)
    why = f"{who} learnt from the other half" if trained else ""
    channels = {record.identity.channel for record in halved}
    part = channels != {record.identity.channel for record in done}
    where = f" in channel{'s' * (len(channels) > 1)} {', '.join(sorted(channels, key=natural))}" if part else ""
    return [f"every entry is measured on one half of each signal{where}: {why}"] if trained else []


def about_sources(runs: Iterable[StoredRun]) -> list[str]:
    """Return which runs were made by other code than the newest ones of their entries, at the same version."""
    groups: dict[str, list[StoredRun]] = {}
    for run in runs:
        if run.record.status == "ok" and run.record.detector.get("source_hash"):
            groups.setdefault(run.record.identity.configuration, []).append(run)
    notes: dict[str, list[str]] = {}
    for group in groups.values():
        newest = max(group, key=lambda run: (run.record.started, run.record.key)).record
        same = [run for run in group if run.record.detector["source_hash"] == newest.detector["source_hash"]]
        others = [run for run in group if run not in same]
        if others:
            plugin = newest.detector.get("distribution") or "its plugin"
            text = (
                f"runs were made by different sources of {plugin} (version unchanged): {_places(others)} before, "
                f"{_places(same)} after; run them again with --rerun all"
            )
            notes.setdefault(text, []).append(newest.entry)
    return [f"{', '.join(who)}: {'its' if len(who) == 1 else 'their'} {text}" for text, who in notes.items()]


def _places(runs: Sequence[StoredRun]) -> str:
    seeds: dict[str, list[int]] = {}
    for run in runs:
        seeds.setdefault(run.record.identity.channel, []).append(run.record.identity.seed)
    named = [
        f"{channel} (seed{'s' * (len(which) > 1)} {', '.join(map(str, sorted(which)))})" if any(which) else channel
        for channel, which in sorted(seeds.items(), key=lambda item: natural(item[0]))
    ]
    return f"channel{'s' * (len(named) > 1)} {', '.join(named)}"


def about_unmeasured(
    entries: Sequence[Entry],
    columns: Sequence[Column],
    unmeasured: Mapping[str, Sequence[Column]],
    metrics: Sequence[Metric],
    *,
    advice: bool = True,
) -> list[str]:
    """Return, for each metric, where no entry measures it and why, and on advice how to get more background events."""
    notes: list[str] = []
    few = None  # place of the last note that more background would mend
    channels = list(dict.fromkeys(channel for channel, _ in columns))
    for metric in metrics:
        where = list(dict.fromkeys(channel for channel, _ in unmeasured[metric.name]))
        if not where:
            continue
        whole = f"{len(where)} of {len(channels)} channels" if len(channels) > 1 else f"channel {where[0]}"
        why = _reasons(entries, unmeasured[metric.name], metric, where)
        few = len(notes) if " expected" in why else few
        notes.append(f"{metric.name} is unmeasured in {whole}: {why}")
    if few is not None and advice:
        notes[few] += f". {MORE_BACKGROUND}"
    return notes


def _reasons(entries: Sequence[Entry], columns: Sequence[Column], metric: Metric, channels: Sequence[str]) -> str:
    by_channel = {}
    for channel in channels:
        cells = [entry.cells[column][metric.name] for entry in entries for column in columns if column[0] == channel]
        texts = [cell.note.removeprefix("unmeasured: ") for cell in cells if cell.note and not math.isnan(cell.value)]
        lacking = Counter(cell.note for cell in cells if cell.note)  # no value at all: what most of them lack
        by_channel[channel] = texts[0] if texts else lacking.most_common(1)[0][0] if lacking else "no figure"
    if len(set(by_channel.values())) == 1:
        return next(iter(by_channel.values()))
    matches = [match for match in map(_EXPECTED.fullmatch, by_channel.values()) if match]
    kinds = {(match[2] or "", match[3]) for match in matches}
    if len(matches) == len(by_channel) and len({folds for _, folds in kinds}) == 1:
        numbers = sorted((match[1] for match in matches), key=float)
        independent, folds = max(kinds)  # where copies are shared in some channels, all are counted without them
        return f"{numbers[0]} to {numbers[-1]} {independent}background events expected{folds}"
    return ", ".join(f"{text} in {channel}" for channel, text in by_channel.items())
