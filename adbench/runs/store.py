"""The results folder: ``results/<dataset>/<channel>/<detector>/<key>/``.

A folder with a valid record is the result. It is written as a temporary sibling, synced and renamed, so a kill
at any instant leaves either the whole result or none; merging two machines is copying folders; nothing is locked.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adbench.api.errors import AdbenchError, DataError, MissingError
from adbench.runs.heartbeat import read_pulse, write_pulse
from adbench.runs.key import RunIdentity
from adbench.runs.processes import is_alive, start_time
from adbench.runs.record import Record, read_record
from adbench.runs.scores import ScoreFile

__all__ = ["Claim", "ClaimedError", "ResultsFolder", "StoredRun"]

_WORK = ".work-"
_TRASH = ".trash-"
_ATTEMPTS = 10  # to take over what a dead process left, while others try the same


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A stored run: its folder and record; scores are read when asked for."""

    folder: Path
    record: Record

    def scores(self) -> ScoreFile:
        """Open the scores; raise DataError where the run has none."""
        return ScoreFile(self.folder / "scores.npz")


class ClaimedError(AdbenchError):
    """Another living process is doing this run."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this process may do.

    Attributes:
        work: the folder to write into.
        left: what a dead process had written of the same run; None where there is nothing.
    """

    work: Path
    left: Path | None

    def left_over(self, name: str) -> Path | None:
        """Return a file or folder that a dead process left; None where there is none."""
        path = None if self.left is None else self.left / name
        return path if path is not None and path.exists() else None

    def discard(self) -> None:
        """Remove what was left."""
        _remove(self.left)


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

    def work_folder(self, identity: RunIdentity) -> Path:
        """Return where a run is written while it is in flight; the folder is at the same time its claim."""
        final = self.folder(identity)
        return final.parent / f"{_WORK}{final.name}"

    def claim(self, identity: RunIdentity) -> Claim:
        """Create the work folder of a run, which no other process can do while this one lives.

        What a dead process left there is set aside: its log and its model may be of use.

        Raises:
            ClaimedError: a living process is doing this run.
            MissingError: the folder cannot be created.
        """
        work = self.work_folder(identity)
        left = None
        try:
            mine = self._aside(work)
            mine.mkdir(parents=True)
            write_pulse(mine)
            for _ in range(_ATTEMPTS):
                if _becomes(mine, work):
                    return Claim(work, left)
                pulse = read_pulse(work)
                if pulse.alive:
                    _remove(mine)
                    msg = f"run {identity.key} is being done by process {pulse.process} on {pulse.host}"
                    raise ClaimedError(msg)
                left = self._take_over(work) or left
            _remove(mine)
        except OSError as error:
            msg = f"results cannot be written to {self.root}: {error.strerror}. Choose another folder with --results"
            raise MissingError(msg) from error
        msg = f"run {identity.key} is being done by another process"
        raise ClaimedError(msg)

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
            _remove(self._set_aside(final))
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
        """Remove what killed processes left behind and nobody needs; return how many folders went.

        The model of a run that was killed after its training stays: the run goes on from there.
        """
        swept = 0
        for trash in self.root.glob(f"*/*/*/{_TRASH}*-{socket.gethostname()}-*"):
            process, _, started = trash.name.rpartition("-")[2].partition(".")
            if not is_alive(int(process), int(started)):
                _remove(trash)
                swept += 1
        for work in self.root.glob(f"*/*/*/{_WORK}*"):
            if not read_pulse(work).alive and not (work / "model" / "model.json").exists():
                _remove(self._take_over(work))
                swept += 1
        return swept

    def _take_over(self, work: Path) -> Path | None:
        """Set aside what a dead process left and return where it went; None when another process was faster.

        Who takes over first marks the folder, which one process can do, and then looks again whether the
        folder is still that of a dead process: so a claim that was made in the meantime is never taken.
        """
        mark, mine = work / ".taken", self._aside(work)
        mine.mkdir()
        write_pulse(mine)
        try:
            marked = _becomes(mine, mark)
        except FileNotFoundError:  # the folder went away
            _remove(mine)
            return None
        if not marked:
            _remove(mine)
            if not read_pulse(mark).alive:
                _remove(mark)
            return None
        if read_pulse(work).alive:
            _remove(mark)
            return None
        return self._set_aside(work)

    def _set_aside(self, folder: Path) -> Path | None:
        """Rename a folder out of the way and return where it went; None when another process was faster."""
        trash = self._aside(folder)
        try:
            folder.rename(trash)
        except FileNotFoundError:
            return None
        return trash

    @staticmethod
    def _aside(folder: Path) -> Path:
        """Return an unused name beside a folder that says which process it belongs to."""
        me, name = os.getpid(), folder.name.removeprefix(_WORK)
        unique = f"{threading.get_ident()}.{time.monotonic_ns()}"
        return folder.parent / f"{_TRASH}{name}-{unique}-{socket.gethostname()}-{me}.{start_time(me)}"


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _becomes(folder: Path, name: Path) -> bool:
    """Rename a folder unless the name is taken by a folder that is not empty; tell whether that worked."""
    try:
        folder.rename(name)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
