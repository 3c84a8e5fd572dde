"""The results folder: ``results/<dataset>/<channel>/<detector>/<key>/``.

A folder with a valid record is the result. It is written as a temporary sibling, synced and renamed, so a kill
at any instant leaves either the whole result or none; merging two machines is copying folders; nothing is locked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adbench.api.errors import AdbenchError, DataError
from adbench.data.cache import sync
from adbench.runs.files import TRASH, UnwritableError, aside, becomes, is_litter, remove, write_whole, writing
from adbench.runs.heartbeat import PULSE, read_pulse, write_pulse
from adbench.runs.key import RunIdentity
from adbench.runs.record import Record, read_record
from adbench.runs.scores import ScoreFile

__all__ = ["Claim", "ClaimedError", "ResultsFolder", "StoredRun"]

_WORK = ".work-"
_TAKEN = ".taken"
_RECORDS = "*/*/*/*/record.json"  # data set, channel, detector, key
_FAILED_RERUN = "failed-rerun.json"
_ATTEMPTS = 10  # to take over what a dead process left, while others try the same


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A stored run: its folder and record; scores are read when asked for."""

    folder: Path
    record: Record

    @property
    def has_scores(self) -> bool:
        """Whether per-event scores lie beside the record; reference results have figures in their place."""
        return (self.folder / "scores.npz").exists()

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
        remove(self.left)


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """A folder of results."""

    root: Path

    def folder(self, identity: RunIdentity) -> Path:
        """Return where the result of a run lives; raise UsageError when one of its names cannot be part of a path."""
        identity.check_names()
        return self.root / identity.dataset / identity.channel / identity.detector / identity.key

    def find(self, identity: RunIdentity) -> StoredRun | None:
        """Return the stored run of this identity; None where there is none."""
        folder = self.folder(identity)
        record = read_record(folder)
        return None if record is None else StoredRun(folder, record)

    def find_failed_rerun(self, identity: RunIdentity) -> StoredRun | None:
        """Return the last failure that a stored result with scores did not give way to; None where there is none."""
        folder = self.folder(identity)
        record = read_record(folder, _FAILED_RERUN)
        return None if record is None else StoredRun(folder, record)

    def find_later(self, identity: RunIdentity, replaces: str) -> StoredRun | None:
        """Return the stored run unless it is the attempt to be replaced, or damaged."""
        try:
            stored = self.find(identity)
        except DataError:
            return None
        return None if stored is None or stored.record.attempt == replaces else stored

    def __iter__(self) -> Iterator[StoredRun]:
        """Yield all stored runs in the order of their paths; raises DataError for a damaged record."""
        for path in self.record_files():
            record = read_record(path.parent)
            if record is not None:
                yield StoredRun(path.parent, record)

    def record_files(self) -> Iterator[Path]:
        """Yield the record files of all stored runs, readable or damaged, in the order of their paths."""
        return (path for path in sorted(self.root.glob(_RECORDS)) if not path.parent.name.startswith("."))

    def has_records(self) -> bool:
        """Return whether there is any record, of a damaged run or one in flight too; stops at the first."""
        return next(self.root.glob(_RECORDS), None) is not None

    def work_folder(self, identity: RunIdentity) -> Path:
        """Return where a run is written while it is in flight; the folder is at the same time its claim."""
        final = self.folder(identity)
        return final.parent / f"{_WORK}{final.name}"

    def claim(self, identity: RunIdentity) -> Claim:
        """Create the work folder of a run, which no other process can do while this one lives.

        What a dead process left there is set aside: its log and its model may be of use.

        Raises:
            ClaimedError: a living process is doing this run.
            UnwritableError: the folder cannot be created.
        """
        work = self.work_folder(identity)
        left = None
        mine = aside(work, _WORK)
        try:
            with writing(self.root):
                mine.mkdir(parents=True)
                write_pulse(mine)
                for _ in range(_ATTEMPTS):
                    if becomes(mine, work):
                        return Claim(work, left)
                    pulse = read_pulse(work)
                    if pulse.alive:
                        msg = f"run {identity.key} is being done by process {pulse.process} on {pulse.host}"
                        raise ClaimedError(msg)
                    left = self._take_over(work) or left
        except (ClaimedError, UnwritableError):
            remove(mine)
            raise
        remove(mine)
        msg = f"run {identity.key} is being done by another process"
        raise ClaimedError(msg)

    def publish(self, work: Path, record: Record) -> StoredRun:
        """Turn a workspace into the stored result: sync, write the record last, rename.

        An older result of the same key gives way, unless it has scores and the new one has none: then the
        failure is returned, and its record and log are kept in the folder of the older result. Of two runs that finish
        at once the later one gives way.

        Raises:
            UnwritableError: the folder is full or read-only; nothing half-written is left.
        """
        final = self.folder(record.identity)
        try:
            with writing(self.root):
                if record.status != "ok" and _has_scores(final):
                    (work / "log.txt").replace(final / "log-of-failed-rerun.txt")
                    write_whole(final / _FAILED_RERUN, record.to_json())
                    remove(work)
                    return StoredRun(final, record)
                _write_last(work, record)
                older = self._set_aside(final) if final.exists() else None
                try:
                    work.rename(final)
                except OSError:
                    if read_record(final) is None:
                        raise
                    remove(work)
                remove(older)
                sync(final.parent)
        except UnwritableError:
            remove(work)
            raise
        (final / PULSE).unlink(missing_ok=True)  # until now it told others that somebody is at work here
        stored = read_record(final)
        if stored is None:
            msg = f"{final}: the result vanished while it was written"
            raise DataError(msg)
        return StoredRun(final, stored)

    def remove(self, run: StoredRun) -> None:
        """Remove a stored run; readers see it whole or not at all. What another process removed is fine.

        Raises:
            UnwritableError: the folder is read-only.
        """
        with writing(self.root):
            remove(self._set_aside(run.folder))

    def sweep(self) -> int:
        """Remove what killed processes left behind and nobody needs; return how many files and folders went.

        The model of a run that was killed after its training stays: the run goes on from there. A result that was
        complete when its process died is kept.
        """
        swept = 0
        for work in self.root.glob(f"*/*/*/{_WORK}*"):
            if not read_pulse(work).alive and (not (work / "model" / "model.json").exists() or _complete(work)):
                left = self._take_over(work)
                if left is not None and not self._rescue(left):
                    remove(left)
                    swept += 1
        for trash in [*self.root.glob(f"*/*/*/{TRASH}*"), *self.root.glob(f"studies/{TRASH}*")]:
            if is_litter(trash) and not self._rescue(trash):
                remove(trash)
                swept += 1
        return swept

    def _rescue(self, folder: Path) -> bool:
        """Put a complete result where it belongs unless there is one; tell whether that was done."""
        record = _complete(folder)
        if record is None or self.folder(record.identity).exists():
            return False
        (folder / PULSE).unlink(missing_ok=True)
        remove(folder / _TAKEN)
        return becomes(folder, self.folder(record.identity))

    def _take_over(self, work: Path) -> Path | None:
        """Set aside what a dead process left and return where it went; None when another process was faster.

        Who takes over first marks the folder, which one process can do, and then looks again whether the
        folder is still that of a dead process: so a claim that was made in the meantime is never taken.
        """
        mark, mine = work / _TAKEN, aside(work, _WORK)
        mine.mkdir()
        write_pulse(mine)
        try:
            marked = becomes(mine, mark)
        except FileNotFoundError:  # the folder went away
            remove(mine)
            return None
        if not marked:
            remove(mine)
            if not read_pulse(mark).alive:
                remove(mark)
            return None
        if read_pulse(work).alive:
            remove(mark)
            return None
        return self._set_aside(work)

    def _set_aside(self, folder: Path) -> Path | None:
        """Rename a folder out of the way and return where it went; None when another process was faster."""
        trash = aside(folder, _WORK)
        try:
            folder.rename(trash)
        except FileNotFoundError:
            return None
        return trash


def _write_last(work: Path, record: Record) -> None:
    """Write the record when all else is on the disk, so that a folder with a record is complete."""
    for path in work.rglob("*"):
        if path.is_file() and path.name != PULSE:
            sync(path)
    written = work / ".record.json"
    written.write_text(record.to_json(), encoding="utf-8")
    sync(written)
    written.rename(work / "record.json")
    sync(work)


def _complete(folder: Path) -> Record | None:
    """Return the record of a folder that holds a whole result; None for any other."""
    try:
        return read_record(folder)
    except DataError:
        return None


def _has_scores(folder: Path) -> bool:
    """Tell whether a folder holds the scores of a run that ended well."""
    try:
        record = read_record(folder)
    except DataError:
        return False
    return record is not None and record.status == "ok" and (folder / "scores.npz").exists()
