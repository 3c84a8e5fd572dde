"""What tells stored runs apart that have data set, channel, entry and seed in common: events, split, limit, rule."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Hashable, Sequence

from adbench.runs.record import Record

__all__ = ["differences"]


def differences(records: Sequence[Record]) -> list[str]:
    """Return for each record, in words, what not all of these have alike; the same for all is left out.

    Named are the split, the limit on events and the version of a detector; the events, by the folder that was given
    and the first digits of their fingerprint, where a channel was run on several; and of an ensemble its rule and its
    parents, always.
    """
    split = _varies(records, lambda r: r.identity.dataset, lambda r: r.identity.split)
    limit = _varies(records, lambda r: r.identity.dataset, lambda r: r.identity.max_events)
    events = _varies(
        records,
        lambda r: (r.identity.dataset, r.identity.edition, r.identity.channel),
        lambda r: r.identity.fingerprint,
    )
    version = _varies(
        records, lambda r: (r.identity.dataset, r.identity.detector), lambda r: None if _rule(r) else r.identity.version
    )
    told = []
    for i, record in enumerate(records):
        identity = record.identity
        parts = [
            _rule(record),
            f"split {identity.split}" if split[i] else "",
            f"first {identity.max_events:,} events" if limit[i] and identity.max_events is not None else "",
            _events(record) if events[i] else "",
            f"version {identity.version}" if version[i] else "",
        ]
        told.append(", ".join(part for part in parts if part))
    return told


def _varies(
    records: Sequence[Record], group: Callable[[Record], Hashable], value: Callable[[Record], Hashable]
) -> list[bool]:
    """Return for each record whether the records of its group have several values."""
    found: dict[Hashable, set[Hashable]] = {}
    for record in records:
        found.setdefault(group(record), set()).add(value(record))
    return [len(found[group(record)]) > 1 for record in records]


def _rule(record: Record) -> str:
    """Return rule and parents of an ensemble; empty for a run."""
    params = record.identity.params
    if not record.identity.parents or "rule" not in params:
        return ""
    parents = params.get("parents", ())
    return f"{params['rule']} of {' and '.join(map(str, parents))}" if parents else str(params["rule"])


def _events(record: Record) -> str:
    """Return the first digits of the events' fingerprint, and their folder where a command names it."""
    folder, digits = _folder(record), record.identity.fingerprint[:6]
    return f"events of {folder} ({digits})" if folder else f"events {digits}"


def _folder(record: Record) -> str:
    """Return the folder that the recorded command names, as it was given; empty without one."""
    try:
        words = shlex.split(str(record.environment.get("command", "")))
    except ValueError:  # an open quotation mark
        return ""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--data" or word.startswith("--data="):
            return word.partition("=")[2] or following
    return ""
