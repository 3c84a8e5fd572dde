"""Whether a folder of events is what it says: hashes, counts, cuts, and copies on one side of the split."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adbench.api import DataError
from adbench_darkmachines.layout import find_files
from adbench_darkmachines.own_manifest import MANIFEST
from adbench_darkmachines.reader import Reading, Report, iter_events

__all__ = ["Check", "verify_folder"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one file, or of the parts of a background.

    Attributes:
        file: the file, or the channel.
        events: lines of it.
        checked: what was checked, in words.
        fault: what is wrong with it, with the place; empty = nothing.
    """

    file: str
    events: int
    checked: str
    fault: str


def verify_folder(folder: Path) -> Iterator[Check]:
    """Check every file of a folder of events, one by one.

    Each line has to parse, and to pass the object and channel cuts of its file; background of the full generation, one
    file per process for all channels, has no cuts to pass. Where the generator's manifest lies
    beside the files, their SHA-256 and their numbers of events have to be those of it, and no generated event may be
    in two parts of a background.

    Raises:
        UsageError: no such folder.
        DataError: no background in it, or a damaged manifest.
    """
    layout = find_files(folder)
    if layout.per_process:
        processes = {path for files in layout.channels.values() for path in files.background.values()}
        for path in sorted(processes):
            yield _file(path, path.relative_to(folder).as_posix(), "", None, layout.event_id_is_source, set())
    listed = _listed(folder) if layout.own_split else {}
    for channel, files in layout.channels.items():
        seen: dict[int, str] = {}
        for role, path in files.roles().items():
            part = role.removeprefix("background/")
            if layout.per_process and part != role:
                continue  # a file serves every channel, so it passes no channel's selection as a whole
            name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
            sources: set[int] = set()
            check = _file(
                path, name, channel, listed.get(name), layout.event_id_is_source, sources, role != "unlabelled"
            )
            if part != role and not check.fault and layout.event_id_is_source:
                both = next((source for source in sources if source in seen), None)
                if both is not None:
                    fault = f"{path}: generated event {both} is also in the {seen[both]} part"
                    check = Check(name, check.events, check.checked, fault)
                seen |= dict.fromkeys(sources, part)
            yield check


def _listed(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Return what the manifest says of each file."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    channels = manifest["channels"].values()
    return {
        entry["file"]: entry for one in channels for sort in ("background", "signals") for entry in one[sort].values()
    }


def _file(
    path: Path,
    name: str,
    channel: str,
    listed: Mapping[str, Any] | None,
    by_event_id: bool,
    sources: set[int],
    labelled: bool = True,
) -> Check:
    cuts = "format, cuts" if channel else "format"
    checked = cuts if listed is None else f"SHA-256, count, {cuts}"
    report, events = Report(), 0
    try:
        if listed is not None and hashlib.sha256(path.read_bytes()).hexdigest() != listed["sha256"]:
            return Check(name, 0, checked, f"{path}: its SHA-256 is not that of the manifest; make or fetch it again")
        reading = Reading(channel or "1", raw=not channel, skip_bad_lines=True, event_id_is_source=by_event_id)
        for part in iter_events(path, reading, report):
            events += len(part)
            sources.update(np.unique(part.aux["source"]).tolist())
    except DataError as error:
        return Check(name, report.lines, checked, str(error))
    fault = ""
    if listed is not None and report.lines != listed["events"]:
        fault = f"{path}: {report.lines} events; the manifest lists {listed['events']}"
    elif report.skipped:
        fault = (
            f"{path}:{report.examples[0].removeprefix('line ')}; malformed lines: {report.skipped} of {report.lines}; "
            "adbench run stops at them, and leaves them out with --skip-bad-lines"
        )
    elif report.cut_events:
        fault = (
            f"{path}: {report.cut_events} of {report.lines} events fail the selection of channel {channel}; "
            "adbench run cuts them away"
        )
    elif report.cut_objects:
        fault = f"{path}: {report.cut_objects} objects are outside the acceptance; adbench run leaves them out"
    elif report.unknown and labelled:
        fault = f"{path}: unknown process {', '.join(sorted(report.unknown))}"
    return Check(name, report.lines, checked, fault)
