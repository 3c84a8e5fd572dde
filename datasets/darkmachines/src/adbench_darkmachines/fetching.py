"""An official edition brought to this disk: its record, its archives, and the files of the channels that are wanted."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from adbench.api.errors import DataError, MissingError
from adbench.data.cache import one_at_a_time, write_atomically
from adbench.data.disk import require_room
from adbench.data.download import Watcher, download
from adbench.data.patience import Patience
from adbench.data.record import remote_of
from adbench.data.unpack import unpack
from adbench.data.zenodo import Record, parse_record, read_record
from adbench_darkmachines.editions import Edition, fetch_command

__all__ = ["Fetched", "fetch_edition"]

_NOTE: Final = "fetched.json"
_CHANNEL: Final = re.compile(r"_chan(1|2a|2b|3)(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch did.

    Attributes:
        folder: holds the files.
        files: bytes by name, of the files that were asked for.
        fresh: whether anything had to be unpacked.
        licence: as the record states it.
    """

    folder: Path
    files: dict[str, int]
    fresh: bool
    licence: str


def fetch_edition(
    edition: Edition,
    folder: Path,
    channels: Collection[str],
    *,
    base: str,
    mirrors: Collection[str] = (),
    offline: bool = False,
    patience: Patience | None = None,
    watcher: Watcher | None = None,
) -> Fetched:
    """Bring an edition's files into a folder; what is there already is not brought again.

    Archives are kept while files of other channels are still in them only, and removed otherwise.

    Raises:
        MissingError: no server gives the files, the disk is full, or they are not here and the network is not allowed.
        DataError: a wrong checksum, a hostile or damaged archive, a record without the files.
    """
    here = _here(edition, folder, channels)
    if here is not None:
        return here
    downloads = folder.with_name(f"{folder.name}.downloads")
    try:
        with one_at_a_time(downloads):
            here = _here(edition, folder, channels)  # perhaps another process has brought it in the meantime
            if here is not None:
                return here
            return _brought(edition, folder, downloads, channels, base, mirrors, offline, patience, watcher)
    except OSError as error:
        msg = f"cannot write {downloads}: {error.strerror or error}; choose another folder with --out"
        raise MissingError(msg) from error


def _here(edition: Edition, folder: Path, channels: Collection[str]) -> Fetched | None:
    """Return what is asked for where all of it is on this disk."""
    note = _read_note(folder / _NOTE)
    if all(_complete(note, name, folder, channels) for name in edition.files):
        return Fetched(folder, _files(note, edition, channels), False, note.get("licence", ""))
    return None


def _brought(
    edition: Edition,
    folder: Path,
    downloads: Path,
    channels: Collection[str],
    base: str,
    mirrors: Collection[str],
    offline: bool,
    patience: Patience | None,
    watcher: Watcher | None,
) -> Fetched:
    note = _read_note(folder / _NOTE)
    record = _record(edition, downloads / "record.json", base, offline, patience, watcher)
    remotes = {name: remote_of(record, name, mirrors) for name in edition.files}
    for name, remote in remotes.items():
        if _complete(note, name, folder, channels):
            continue
        if offline and not (downloads / name).is_file():
            msg = f"{name} of edition {edition.name} is not in {downloads}, and --offline forbids to fetch it. Where "
            msg += f"there is a network: {fetch_command(edition.name)}"
            raise MissingError(msg)
        size = remote.size or 0  # what is unpacked is at least as large
        archive = download(remote, downloads, unpacked=size, patience=patience, watcher=watcher)
        require_room(folder.parent, size, f"unpacking {name}")
        found = unpack(archive, folder, wanted=lambda file: _of_channels(file, channels))
        if not found.files:
            msg = f"{archive} has no file of channel {', '.join(channels)}; it has {', '.join(found.left_out[:5])}"
            raise DataError(msg)
        known = note.setdefault("archives", {}).get(name, {})
        files = {**known.get("files", {}), **found.files}
        rest = [file for file in found.left_out if file not in files]
        note["archives"][name] = {"checksum": remote.checksum, "files": files, "left_out": rest}
        note |= {"record": edition.record, "licence": record.licence or edition.licence}
        write_atomically(folder / _NOTE, json.dumps(note, indent=1))
        if not rest:
            archive.unlink()
    return Fetched(folder, _files(note, edition, channels), True, note["licence"])


def _of_channels(file: str, channels: Collection[str]) -> bool:
    """Tell whether a file is wanted; those of no channel (a description) always are."""
    found = _CHANNEL.search(file)
    return not channels or found is None or found[1] in channels


def _read_note(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _complete(note: dict[str, Any], archive: str, folder: Path, channels: Collection[str]) -> bool:
    """Tell whether all that is wanted of an archive is here, with the sizes it had."""
    entry = note.get("archives", {}).get(archive)
    if entry is None or any(_of_channels(file, channels) for file in entry["left_out"]):
        return False
    wanted = {file: size for file, size in entry["files"].items() if _of_channels(file, channels)}
    return bool(wanted) and all(
        (folder / file).is_file() and (folder / file).stat().st_size == size for file, size in wanted.items()
    )


def _files(note: dict[str, Any], edition: Edition, channels: Collection[str]) -> dict[str, int]:
    files = {file: size for name in edition.files for file, size in note["archives"][name]["files"].items()}
    return {file: size for file, size in files.items() if _of_channels(file, channels)}


def _record(
    edition: Edition, kept: Path, base: str, offline: bool, patience: Patience | None, watcher: Watcher | None
) -> Record:
    """Return the record: as it is now, or without a network as it was when something was last fetched."""
    if not offline:
        found = read_record(edition.record, base, patience=patience, watcher=watcher)
        record = parse_record(edition.record, base, found)
        write_atomically(kept, json.dumps(found))
        return record
    try:
        return parse_record(edition.record, base, json.loads(kept.read_text("utf-8")))
    except (OSError, ValueError) as error:
        msg = f"edition {edition.name} of darkmachines ({', '.join(edition.files)}) is not complete on this disk, and "
        msg += f"--offline forbids to fetch it. Where there is a network: {fetch_command(edition.name)}"
        raise MissingError(msg) from error
