"""SHA-256 of large source files, remembered so that a second start does not read gigabytes again."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

from adbench.api.errors import DataError
from adbench.data.cache import write_atomically

__all__ = ["FileHashes"]

SETTLED = 2.0  # seconds; a younger file may still change within the resolution of its time stamp


@dataclass(frozen=True, slots=True)
class FileHashes:
    """Hashes of files, remembered by path, size and time of change (nanoseconds).

    Attributes:
        folder: where they are remembered, one small file per source; nothing breaks when it cannot be written.
    """

    folder: Path

    def sha256(self, path: Path) -> str:
        """Return the SHA-256 of a file in hex digits; raise DataError when it cannot be read."""
        path = path.resolve()
        try:
            before = path.stat()
            identity = {"path": str(path), "size": before.st_size, "mtime_ns": before.st_mtime_ns}
            note = self.folder / f"{hashlib.sha256(str(path).encode()).hexdigest()[:32]}.json"
            known = _read(note)
            if {name: known.get(name) for name in identity} == identity:
                return str(known["sha256"])
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            after = path.stat()
        except OSError as error:
            msg = f"cannot read {path}: {error.strerror or error}"
            raise DataError(msg) from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            msg = f"{path} changed while it was read; try again when it is complete"
            raise DataError(msg)
        if time.time() - after.st_mtime > SETTLED:
            _remember(note, json.dumps({**identity, "sha256": digest}))
        return digest


def _read(note: Path) -> dict[str, object]:
    try:
        known = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) and isinstance(known.get("sha256"), str) else {}


def _remember(note: Path, text: str) -> None:
    try:
        write_atomically(note, text)
    except OSError:
        return
