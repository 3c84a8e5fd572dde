"""What a reader of results must know about a folder of files, the most important first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from adbench.api.errors import close_matches
from adbench_darkmachines.signals import PAIRS, SIGNALS

__all__ = ["channel_notes", "manifest_notes", "no_background"]


def no_background(channel: str, folder: Path, signals: Iterable[str]) -> str:
    """Return the note on a channel that has signals and no background."""
    left_out = ", ".join(signals)
    return f"channel {channel}: no background_chan{channel}_*.csv in {folder}, so its signals are left out: {left_out}"


def channel_notes(channel: str, signals: Iterable[str]) -> list[str]:
    """Return the notes on the signals of a channel: those of the challenge that are missing, and those beside it."""
    published, present = PAIRS[channel], list(signals)
    missing = [name for name in published if name not in present]
    listed = f"{len(missing)} of {len(published)} signals are not here: {', '.join(missing)}"
    own = [f"signal '{name}' is {_beside_the_card(name, published)}" for name in present if name not in published]
    return [f"channel {channel}: {text}" for text in ([listed] if missing else []) + own]


def _beside_the_card(name: str, published: Iterable[str]) -> str:
    if name in SIGNALS:
        return f"on the card of channel {', '.join(SIGNALS[name].events)} only; taken as your own"
    near = close_matches(name, published, 1)
    nearest = f" (nearest on the card: {near[0]})" if near else ""
    return f"not on the card; taken as your own{nearest}"


def manifest_notes(manifest: Mapping[str, Any]) -> list[str]:
    """Return what a manifest says against itself: limits, and signals that are only analogues."""
    notes = [str(limit) for limit in manifest.get("limits", ())]
    analogues: dict[str, str] = {}
    for listed in manifest["channels"].values():
        for name, entry in listed["signals"].items():
            if entry.get("status", "true") != "true":
                analogues[name] = f"signal {name} is an {entry['status']}: {entry.get('note', '')}"
    return [*notes, *analogues.values()]
