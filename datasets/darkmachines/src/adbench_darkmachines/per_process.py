"""The files of the full generation: one per process, before any channel's selection.

The record unpacks to ``<process>_10fb.csv`` of the Standard Model (``sm.tgz``) and of the signals (``bsm.tgz``). Their
names state no channel: the selection of each channel is applied to every file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from adbench.api.errors import DataError
from adbench_darkmachines.processes import ALIASES, CROSS_SECTIONS, PROCESSES
from adbench_darkmachines.selection import CHANNELS
from adbench_darkmachines.signals import PAIRS, SIGNALS

__all__ = ["incomplete", "missing_processes", "process_files", "signals_of"]

_NAME: Final = re.compile(r"(?P<stem>.+)_10fb\.csv(\.gz|\.xz)?")
_PLACES: Final = ("*", "*/*", "*/*/*")
_BACKGROUND: Final = "sm"  # how the folder of background begins; that of signals begins with bsm


def process_files(folder: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    """Return the files of a folder by process: backgrounds in the order of the card, then signals.

    A file belongs to the background when its name is on the card of processes or its folder's name begins with ``sm``.

    Raises:
        DataError: two files of one process, or a background whose cross-section is not on the card.
    """
    backgrounds: dict[str, Path] = {}
    signals: dict[str, Path] = {}
    for path in sorted(path for place in _PLACES for path in folder.glob(place) if path.is_file()):
        found = _NAME.fullmatch(path.name)
        if found is None:
            continue
        name = ALIASES.get(found["stem"], found["stem"])
        inside = path.relative_to(folder).parts[:-1]
        known = name in CROSS_SECTIONS
        if not known and name not in SIGNALS and any(part.startswith(_BACKGROUND) for part in inside):
            msg = f"{path}: no cross-section of '{name}' is known; expected one of {', '.join(CROSS_SECTIONS)}"
            raise DataError(msg)
        files = backgrounds if known else signals
        if name in files:
            msg = f"{files[name]} and {path} are the same process by their names; keep one of them"
            raise DataError(msg)
        files[name] = path
    return {name: backgrounds[name] for name in CROSS_SECTIONS if name in backgrounds}, signals


def signals_of(channel: str, signals: Mapping[str, Path]) -> dict[str, Path]:
    """Return the signals that are measured in a channel: those of the card's pairs, and all that are on no card."""
    on_card = {name: signals[name] for name in PAIRS[channel] if name in signals}
    return on_card | {name: signals[name] for name in sorted(signals) if name not in SIGNALS}


def missing_processes(backgrounds: Iterable[str]) -> list[str]:
    """Return the note on processes whose files are not here; none where all are."""
    missing = [name for name in CROSS_SECTIONS if name not in set(backgrounds)]
    return [f"{len(missing)} of {len(CROSS_SECTIONS)} processes are not here: {', '.join(missing)}"] if missing else []


def incomplete(channels: Iterable[str]) -> list[str]:
    """Return a note on each channel that selects events below the HT from which on some processes were generated."""
    notes = []
    for channel in channels:
        asked = CHANNELS[channel].ht_min
        cut = [f"{process.name} ({process.ht_min:g} GeV)" for process in PROCESSES if process.ht_min > asked]
        if cut:
            selects = f"selects HT >= {asked:g} GeV" if asked else "selects any HT"
            notes.append(
                f"channel {channel}: incomplete; it {selects}, but some processes were generated from a higher HT on: "
                + ", ".join(cut)
            )
    return notes
