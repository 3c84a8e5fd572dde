"""Chosen files of a Zenodo record brought to a folder, checked; what is there already is not brought again."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from adbench.api.errors import DataError, MissingError, close_matches
from adbench.data.cache import one_at_a_time, write_atomically
from adbench.data.download import Remote, Watcher, download
from adbench.data.patience import Patience
from adbench.data.zenodo import Record, parse_record, read_record

__all__ = ["Fetched", "fetch_files", "remote_of"]

_NOTE: Final = "fetched.json"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch did.

    Attributes:
        files: bytes by name.
        fresh: whether anything had to be downloaded.
        licence: as the record states it.
    """

    files: dict[str, int]
    fresh: bool
    licence: str


def fetch_files(
    number: str,
    names: Sequence[str],
    folder: Path,
    *,
    base: str,
    command: str,
    mirrors: Collection[str] = (),
    offline: bool = False,
    patience: Patience | None = None,
    watcher: Watcher | None = None,
) -> Fetched:
    """Bring files of a record into a folder.

    Args:
        number: of the record.
        names: of the files.
        folder: where they go.
        base: address of Zenodo.
        command: what gets them where there is a network, for messages.
        mirrors: addresses of folders with the same files.
        offline: never use the network.
        patience: how long a server is waited for.
        watcher: hears how it gets on.

    Raises:
        MissingError: no server gives the files, or they are not here and the network is not allowed.
        DataError: a wrong checksum, or a record without the files.
    """
    try:
        with one_at_a_time(folder):
            note = _read_note(folder / _NOTE)
            missing = [name for name in names if not _is_here(note, folder, name)]
            if missing:
                if offline:
                    msg = f"{', '.join(missing)} of record {number} is not in {folder}, and --offline forbids to fetch "
                    raise MissingError(msg + f"it. Where there is a network: {command}")
                record = parse_record(number, base, read_record(number, base, patience=patience, watcher=watcher))
                note |= {"record": number, "licence": record.licence}
                for name in missing:
                    remote = remote_of(record, name, mirrors)
                    path = download(remote, folder, patience=patience, watcher=watcher)
                    known = {"size": path.stat().st_size, "checksum": remote.checksum}
                    note["files"] = {**note.get("files", {}), name: known}
                    write_atomically(folder / _NOTE, json.dumps(note, indent=1))
            sizes = {name: int(note["files"][name]["size"]) for name in names}
            return Fetched(sizes, bool(missing), str(note.get("licence", "")))
    except OSError as error:
        msg = f"cannot write {folder}: {error.strerror or error}; choose another folder with --out"
        raise MissingError(msg) from error


def remote_of(record: Record, name: str, mirrors: Collection[str] = ()) -> Remote:
    """Return a file of a record with its addresses, mirrors last; raise DataError when the record has none."""
    if name not in record.files:
        near = close_matches(name, record.files)
        hint = f" Did it become {' or '.join(near)}?" if near else ""
        msg = f"record {record.number} has no file {name}.{hint} It has: {', '.join(record.files) or 'none'}"
        raise DataError(msg)
    remote = record.files[name]
    return replace(remote, urls=(*remote.urls, *(f"{mirror.rstrip('/')}/{name}" for mirror in mirrors)))


def _is_here(note: dict[str, Any], folder: Path, name: str) -> bool:
    known = note.get("files", {}).get(name)
    return known is not None and (folder / name).is_file() and (folder / name).stat().st_size == known["size"]


def _read_note(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
