"""Which files a folder holds: the challenge's file names, one file per process, or a manifest of our generator."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adbench.api.errors import DataError, UsageError, close_matches
from adbench_darkmachines.channel_files import WHOLE, ChannelFiles, published_first
from adbench_darkmachines.notes import channel_notes, limit_notes, manifest_notes, no_background
from adbench_darkmachines.own_manifest import MANIFEST, files_of_manifest, read_manifest
from adbench_darkmachines.per_process import incomplete, missing_processes, process_files, signals_of
from adbench_darkmachines.selection import CHANNELS

__all__ = ["Layout", "find_files", "find_unlabelled"]

_NAME = re.compile(r"(?P<stem>.+?)_chan(?P<channel>1|2a|2b|3)(?![0-9A-Za-z]).*\.csv(\.gz|\.xz)?")
_PLACES = ("*", "chan*/*", "training_files/*", "training_files/chan*/*", "secret_data/*", "secret_data/chan*/*")


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of a folder.

    Attributes:
        channels: files of each channel that has background.
        own_split: background comes divided into files, as a manifest says.
        per_process: background comes as one file per process, to be mixed by cross-section.
        event_id_is_source: copies of one generated event share their event id, as a manifest says.
        manifest: what our own generator wrote beside its events; empty without.
        notes: what is missing, and what the manifest says against itself.
    """

    channels: Mapping[str, ChannelFiles]
    own_split: bool = False
    per_process: bool = False
    event_id_is_source: bool = False
    manifest: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def find_files(folder: Path) -> Layout:
    """Return the files of a folder; a manifest of ours decides where there is one.

    Otherwise files are told by their names, in the folder, its sub-folders ``chan1`` ... and ``training_files``:
    ``background_chan1_7.79.csv``, ``<signal>_chan1.csv``, ``unlabelled_<anything>_chan1.csv``, each plain, ``.gz``
    or ``.xz``. Where none is of background, files of the full generation are looked for: ``<process>_10fb.csv``.

    Raises:
        UsageError: no such folder, or a file.
        DataError: no background in it, two files for one thing, or a damaged manifest.
    """
    if folder.is_file():
        msg = f"'{folder}' is a file; give the folder it is in: --data {shlex.quote(str(folder.parent))}"
        raise UsageError(msg)
    if not folder.is_dir():
        raise UsageError(_no_folder(folder))
    manifest = read_manifest(folder / MANIFEST)
    channels = _by_name(folder) if manifest is None else files_of_manifest(folder, manifest)
    usable = {name: channels[name] for name in CHANNELS if channels.get(name, ChannelFiles()).background}
    if not usable:
        return _full(folder, channels)
    notes = [] if manifest is None else manifest_notes(manifest)
    notes += [no_background(name, folder, files.signals) for name, files in channels.items() if name not in usable]
    for name, files in usable.items():
        notes += channel_notes(name, files.signals)
    if manifest is None:
        return Layout(usable, notes=tuple(notes))
    notes += limit_notes(manifest)
    return Layout(
        usable,
        own_split=True,
        event_id_is_source="event_id" in manifest,
        manifest=manifest,
        notes=tuple(notes),
    )


def find_unlabelled(folder: Path) -> dict[str, Path]:
    """Return the unlabelled files of a folder by channel; raises DataError when there is none."""
    found = {name: files.unlabelled for name, files in _by_name(folder).items() if files.unlabelled is not None}
    if not found:
        msg = f"no unlabelled events in {folder}; looked for unlabeled_*_chan1.csv (or .csv.gz, .csv.xz; channels "
        msg += f"{', '.join(CHANNELS)}) there and in chan1/ ..."
        raise DataError(msg)
    return {name: found[name] for name in CHANNELS if name in found}


def _full(folder: Path, channels: Mapping[str, ChannelFiles]) -> Layout:
    """Return the files of the full generation, which hold events of every channel; raise DataError without any."""
    backgrounds, signals = process_files(folder)
    if not backgrounds:
        unlabelled = [name for name in CHANNELS if name in channels and channels[name].unlabelled is not None]
        msg = f"no background in {folder}; looked for background_chan1_*.csv (or .csv.gz, .csv.xz; channels "
        msg += f"{', '.join(CHANNELS)}) there, in chan1/ ... and in training_files/, and for <process>_10fb.csv"
        if unlabelled:
            msg += f"; it has unlabelled events of channel {', '.join(unlabelled)}: put the background beside them"
        raise DataError(msg)
    files = {name: ChannelFiles(dict(backgrounds), signals_of(name, signals)) for name in CHANNELS}
    notes = [*incomplete(CHANNELS), *missing_processes(backgrounds)]
    for name, one in files.items():
        notes += channel_notes(name, one.signals)
    return Layout(files, per_process=True, notes=tuple(notes))


def _no_folder(folder: Path) -> str:
    """Return what to say of a folder that is not there: its neighbours with similar names, and what it should hold."""
    neighbours = folder.parent.iterdir() if folder.parent.is_dir() else ()
    near = close_matches(folder.name, [path.name for path in neighbours if path.is_dir()])
    hint = f" Did you mean {' or '.join(str(folder.parent / name) for name in near)}?" if near else ""
    return f"no data folder '{folder}'.{hint} Expected one with background_chan1_*.csv and <signal>_chan1.csv"


def _by_name(folder: Path) -> dict[str, ChannelFiles]:
    channels: dict[str, ChannelFiles] = {}
    for path in sorted(path for place in _PLACES for path in folder.glob(place) if path.is_file()):
        found = _NAME.fullmatch(path.name)
        if found is None:
            continue
        stem, channel = found["stem"], found["channel"]
        inside = path.parent.name.removeprefix("chan")
        if inside in CHANNELS and path.parent != folder and inside != channel:
            msg = f"{path} is a file of channel {channel} by its name, in the folder of channel {inside}"
            raise DataError(msg)
        files = channels.setdefault(channel, ChannelFiles())
        if stem == WHOLE:
            _once(files.background, WHOLE, path)
        elif stem.startswith(("unlabelled", "unlabeled")):
            if files.unlabelled is not None:
                _twice(files.unlabelled, path)
            files.unlabelled = path
        else:
            _once(files.signals, stem, path)
    for channel, files in channels.items():
        files.signals = published_first(channel, files.signals)
    return channels


def _once(files: dict[str, Path], name: str, path: Path) -> None:
    if name in files:
        _twice(files[name], path)
    files[name] = path


def _twice(first: Path, second: Path) -> None:
    msg = f"{first} and {second.name} are the same thing by their names; keep one of them"
    raise DataError(msg)
