"""The results folder: ``results/<dataset>/<channel>/<detector>/<key>/``.

A folder with a valid record is the result. It is written as a temporary sibling, synced and renamed, so a kill
at any instant leaves either the whole result or none; merging two machines is copying folders; nothing is locked.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adbench.api.errors import DataError, MissingError
from adbench.runs.key import RunIdentity
from adbench.runs.record import Record, read_record
from adbench.runs.scores import ScoreFile

__all__ = ["ResultsFolder", "StoredRun"]

_WORK = ".work-"
_TRASH = ".trash-"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A stored run: its folder and record; scores are read when asked for."""

    folder: Path
    record: Record

    def scores(self) -> ScoreFile:
        """Open the scores; raise DataError where the run has none."""
        return ScoreFile(self.folder / "scores.npz")


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """A folder of results."""

    root: Path

    def folder(self, identity: RunIdentity) -> Path:
        """Return where the result of a run lives."""
        return self.root / identity.dataset / identity.channel / identity.detector / identity.key

    def find(self, identity: RunIdentity) -> StoredRun | None:
        """Return the stored run of this identity; None where there is none."""
        folder = self.folder(identity)
        record = read_record(folder)
        return None if record is None else StoredRun(folder, record)

    def __iter__(self) -> Iterator[StoredRun]:
        """Yield all stored runs in the order of their paths; raises DataError for a damaged record."""
        for path in sorted(self.root.glob("*/*/*/*/record.json")):
            if not path.parent.name.startswith("."):
                record = read_record(path.parent)
                if record is not None:
                    yield StoredRun(path.parent, record)

    def workspace(self, identity: RunIdentity) -> Path:
        """Create and return an empty folder beside the result's place, for a run to write into.

        Raises:
            MissingError: the folder cannot be created.
        """
        final = self.folder(identity)
        work = final.parent / f"{_WORK}{final.name}-{socket.gethostname()}-{os.getpid()}"
        try:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
        except OSError as error:
            msg = f"results cannot be written to {self.root}: {error.strerror}. Choose another folder with --results"
            raise MissingError(msg) from error
        return work

    def publish(self, work: Path, record: Record) -> StoredRun:
        """Turn a workspace into the stored result: write the record, sync, rename.

        An older result of the same key gives way; of two runs that finish at once the later one gives way.
        """
        final = self.folder(record.identity)
        (work / "record.json").write_text(record.to_json(), encoding="utf-8")
        for path in work.rglob("*"):
            if path.is_file():
                _sync(path)
        _sync(work)
        if final.exists():
            trash = final.parent / f"{_TRASH}{final.name}-{socket.gethostname()}-{os.getpid()}"
            with contextlib.suppress(FileNotFoundError):
                final.rename(trash)
            shutil.rmtree(trash, ignore_errors=True)
        try:
            work.rename(final)
        except OSError:
            if read_record(final) is None:
                raise
            shutil.rmtree(work, ignore_errors=True)
        _sync(final.parent)
        stored = read_record(final)
        if stored is None:
            msg = f"{final}: the result vanished while it was written"
            raise DataError(msg)
        return StoredRun(final, stored)

    def sweep(self) -> int:
        """Remove what killed runs of this host left behind; return how many folders went."""
        swept = 0
        for pattern in (_WORK, _TRASH):
            for path in self.root.glob(f"*/*/*/{pattern}*-{socket.gethostname()}-*"):
                owner = path.name.rpartition("-")[2]
                if owner.isdigit() and not _alive(int(owner)):
                    shutil.rmtree(path, ignore_errors=True)
                    swept += 1
        return swept


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
