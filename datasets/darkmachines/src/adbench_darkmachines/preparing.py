"""The converted files of one channel, by what they are, all with the same number of object slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from adbench.data.cache import cache_key
from adbench_darkmachines.card import SLOTS
from adbench_darkmachines.channel_files import WHOLE
from adbench_darkmachines.convert import Converted, Converter
from adbench_darkmachines.layout import Layout
from adbench_darkmachines.mixing import MIXTURE, mixed, weight_of

__all__ = ["UNLABELLED", "WHOLE_BACKGROUND", "converted_channel", "fingerprint"]

UNLABELLED: Final = "unlabelled"
WHOLE_BACKGROUND: Final = f"background/{WHOLE}"
_BACKGROUND: Final = "background/"


def converted_channel(converter: Converter, layout: Layout, channel: str) -> dict[str, Converted]:
    """Convert the files of a channel, those of an earlier time are used again, and mix what comes by process.

    Raises:
        DataError: a malformed line, a damaged file, a file of another channel, or an unwritable cache.
    """
    files, special = layout.channels[channel].roles(), _special(layout)
    converted, widest = {}, SLOTS
    for role in sorted(files, key=lambda role: files[role].stat().st_size):  # the largest file last, and once
        converted[role] = converter.convert(files[role], channel, widest, **special(role))
        widest = converted[role].slots
    # all samples of a channel have the same slots, and none is padded in memory
    same = {role: found for role, found in converted.items() if found.slots == widest or _is_part(layout, role)}
    for role in files:
        if role not in same:
            same[role] = converter.convert(files[role], channel, widest, **special(role))
    ordered = {role: same[role] for role in files}
    return _mixed(converter, ordered, widest) if layout.per_process else ordered


def fingerprint(converter: Converter, layout: Layout, channel: str) -> str:
    """Return 32 hex digits that change with any file of a channel and with how it is read."""
    files, special = layout.channels[channel].roles(), _special(layout)
    keys = {role: converter.key(path, channel, SLOTS, **special(role)) for role, path in files.items()}
    if layout.per_process:
        parts = [role for role in keys if _is_part(layout, role)]
        keys |= {role: f"{keys[role]} {weight_of(_process(role), 1)} {MIXTURE}" for role in parts}
    return cache_key(files=keys)


def _special(layout: Layout) -> Callable[[str], Mapping[str, bool]]:
    """Return what the reader is told of each file besides the settings of all."""

    def special(role: str) -> Mapping[str, bool]:
        if role == UNLABELLED:
            return {"event_ids": True}  # scores are handed in by them
        return {"may_be_empty": True} if _is_part(layout, role) else {}

    return special


def _is_part(layout: Layout, role: str) -> bool:
    return layout.per_process and role.startswith(_BACKGROUND)


def _process(role: str) -> str:
    return role.removeprefix(_BACKGROUND)


def _mixed(converter: Converter, converted: Mapping[str, Converted], slots: int) -> dict[str, Converted]:
    """Return the converted files with those of the background mixed into one."""
    parts = {_process(role): _unselected(one) for role, one in converted.items() if role.startswith(_BACKGROUND)}
    signals = {role: one for role, one in converted.items() if not role.startswith(_BACKGROUND)}
    return {WHOLE_BACKGROUND: mixed(converter.cache, parts, slots), **signals}


def _unselected(converted: Converted) -> Converted:
    """Return a file before any selection: that most of its events fail it is no news."""
    notes = replace(converted.report, cut_events=0).notes(converted.source)
    return replace(converted, notes=tuple(notes))
