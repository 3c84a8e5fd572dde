"""What a reader of results must know about a folder of files, the most important first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from adbench.api.errors import close_matches
from adbench_darkmachines.editions import fetch_command
from adbench_darkmachines.signals import PAIRS, SIGNALS

__all__ = ["SECRET", "channel_notes", "limit_notes", "manifest_notes", "no_background", "no_background_of_secret"]

STAND_IN: Final = (
    "a stand-in from this plugin's own event generator, not the challenge's files: compare detectors with each other "
    "on it, never with published figures"
)
SECRET: Final = (
    "no labels: the unlabelled events are scored, and no figure is computed; background is that of the hackathon, and "
    "adbench results export-scores writes the file to hand in"
)
COPIES: Final = (
    "copies: each generated event was smeared several times, and intervals and the rule of what is not measured count "
    "generated events only; independent test background"
)
FAR_RARER: Final = 0.5
WORTH_A_NOTE: Final = 1e-3  # of a channel


def no_background(channel: str, folder: Path, signals: Iterable[str]) -> str:
    """Return the note on a channel that has signals and no background."""
    left_out = ", ".join(signals)
    return f"channel {channel}: no background_chan{channel}_*.csv in {folder}, so its signals are left out: {left_out}"


def no_background_of_secret(channel: str) -> str:
    """Return the note on a channel of the secret data whose background was not fetched."""
    fix = f"{fetch_command('hackathon')} --channel {channel}"
    return f"channel {channel}: left out, its background is not on this disk; get it with: {fix}"


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
    """Return what our own generator says first of its events: what they are, rare processes, copies, analogues."""
    analogues: dict[str, str] = {}
    for listed in manifest["channels"].values():
        backgrounds = {entry["process"]: entry for entry in listed.get("processes", ())}
        for sort, entries in (("signal", listed["signals"]), ("background", backgrounds)):
            for name, entry in entries.items():
                if entry.get("status", "true") != "true":
                    analogues[name] = f"{sort} {name} is an {entry['status']}: {entry.get('note', '')}"
    missing = manifest.get("not_available", {})
    not_here = (
        [f"backgrounds that Pythia has no matrix element for are not here: {', '.join(missing)}"] if missing else []
    )
    return [STAND_IN, *_capped(manifest["channels"]), *_copies(manifest["channels"]), *analogues.values(), *not_here]


def limit_notes(manifest: Mapping[str, Any]) -> list[str]:
    """Return the limits of the generator, one sentence each."""
    return [str(limit) for limit in manifest.get("limits", ())]


def _capped(channels: Mapping[str, Any]) -> list[str]:
    """Return a note on each process that is far rarer than its cross-section makes it."""
    return [
        f"channel {name}: {entry['process']} is {_percent(entry['share_used'])} of the background; "
        f"by its cross-section it would be {_percent(entry['share_true'])}"
        for name, listed in channels.items()
        for entry in listed.get("processes", ())
        if entry["share_true"] >= WORTH_A_NOTE and entry["share_used"] < FAR_RARER * entry["share_true"]
    ]


def _copies(channels: Mapping[str, Any]) -> list[str]:
    tests = {name: listed["background"]["test"] for name, listed in channels.items()}
    shared = [
        f"{test['sources']:,} of {test['events']:,} in channel {name}"
        for name, test in tests.items()
        if test.get("sources", test.get("events")) != test.get("events")
    ]
    return [f"{COPIES}: {', '.join(shared)}"] if shared else []


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"
