"""The manifest of a generated edition: what it contains, how it was made, and what is not right about it."""

from __future__ import annotations

import json
import platform
import zlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from adbench_darkmachines.generator.chunks import DETECTOR_VERSION
from adbench_darkmachines.generator.processes import LIMITS, NOT_AVAILABLE, Process
from adbench_darkmachines.generator.production import Plan
from adbench_darkmachines.generator.pythia import COMMON
from adbench_darkmachines.generator.signals import SIGNALS

SCHEMA = 1
EVENT_ID = (
    "The event ID numbers generated events in random order within a channel's background, or within a signal file. "
    "Several passes of one generated event through the detector (rotated in phi, mirrored in eta, other random "
    "numbers; at most three are kept) share it. All events with one ID are in the same background file."
)

MET_LIMIT = {
    "visible": (
        "MET balances calorimeter towers and isolated muons. The official files leave muons out: there a muon counts "
        "as missing momentum, and Z -> mu mu dominates channel 2b.",
    ),
    "calorimeter": ("MET leaves muons out, as the official files do: a muon counts as missing momentum.",),
}


def write_manifest(folder: Path, edition: str, command: str, plan: Plan, channels: Mapping[str, Any]) -> None:
    """Write `manifest.json` beside the channel folders."""
    used = [*plan.backgrounds, *(process for process, _ in plan.signal_slices())]
    manifest = {
        "schema": SCHEMA,
        "edition": edition,
        "command": command,
        "seed": plan.seed,
        "software": {
            "python": platform.python_version(),
            "zlib": zlib.ZLIB_RUNTIME_VERSION,
            **{name: version(name) for name in ("pythia8mc", "fastjet", "awkward", "numpy")},
        },
        "event_id": EVENT_ID,
        "weight": "All weights are 1.",
        "met": plan.met,
        "detector_version": DETECTOR_VERSION,
        "limits": [*MET_LIMIT[plan.met], *LIMITS],
        "not_available": dict(NOT_AVAILABLE),
        "channels": dict(channels),
        "settings": {
            "common": list(COMMON),
            "backgrounds": {p.key: _settings(p) for p in used if p.key not in SIGNALS},
            "signals": {p.key: _settings(p) for p in used if p.key in SIGNALS},
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def _settings(process: Process) -> dict[str, Any]:
    slices = {
        part.name: {
            "settings": list(part.settings),
            "channels": list(part.channels),
            "copies": part.copies,
            "draws": part.draws,
        }
        for part in process.slices
    }
    return {"settings": list(process.settings), "slices": slices}
