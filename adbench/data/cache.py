"""A cache of converted files: one folder per conversion, named by a hash of all that it depends on.

A folder is filled under a temporary name beside its place, synced to disk and renamed, so what can be read is
complete: two processes may convert the same file at once, and one that is killed leaves nothing that is read.
A long conversion can be taken up where a killed one stopped: `Cache.get_or_resume`.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adbench.api.errors import DataError

__all__ = ["Cache", "Entry", "cache_key", "default_cache", "one_at_a_time", "sync", "write_atomically"]

ABANDONED = 24 * 3600.0  # seconds after which a temporary folder belongs to no living conversion
KEPT = 7 * 24 * 3600.0  # seconds for which an interrupted conversion waits to be taken up again
INDEX = "index.json"


def default_cache() -> Path:
    """Return the folder for converted events: ADBENCH_CACHE_DIR, or the user's cache folder on this system."""
    chosen = os.environ.get("ADBENCH_CACHE_DIR")
    if chosen:
        return Path(chosen)
    import platformdirs

    return platformdirs.user_cache_path("adbench", appauthor=False)


def cache_key(**ingredients: Any) -> str:
    """Return 32 hex digits that change with any ingredient: hashes of sources, settings, converter version.

    Example:
        >>> cache_key(source="ab12", version=1) == cache_key(version=1, source="ab12")
        True
    """
    text = json.dumps(ingredients, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished conversion.

    Attributes:
        folder: holds the converted files.
        notes: what the converter said about them (counts, dropped lines).
    """

    folder: Path
    notes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of conversions.

    Attributes:
        folder: where they live; it is made when something is first stored.

    Example:
        ``Cache(default_cache() / "darkmachines").get_or_convert(cache_key(source=digest, version=1), convert)``
        with ``convert(folder)`` writing files into the folder and returning notes that fit into JSON.
    """

    folder: Path

    def get(self, key: str) -> Entry | None:
        """Return the conversion of this key, or None when there is no complete one."""
        folder = self.folder / key
        try:
            index = json.loads((folder / INDEX).read_text("utf-8"))
            complete = all((folder / name).stat().st_size == size for name, size in index["files"].items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return Entry(folder, index["notes"]) if complete else None

    def get_or_convert(self, key: str, convert: Callable[[Path], Mapping[str, Any]]) -> Entry:
        """Return the conversion of this key; run `convert` on an empty folder first when there is none.

        Raises:
            DataError: the cache cannot be written, or the disk is full.
        """
        found = self.get(key)
        if found is not None:
            return found
        temporary = self.folder / f".{key}.{uuid.uuid4().hex}.tmp"
        try:
            temporary.mkdir(parents=True)
            self._remove_abandoned()
            notes = dict(convert(temporary))
            self._finish(temporary, key, notes)
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return Entry(self.folder / key, notes)

    def get_or_resume(self, key: str, convert: Callable[[Path], Mapping[str, Any]]) -> Entry:
        """As `get_or_convert`, but `convert` gets the folder that an interrupted conversion of this key left.

        What an interruption (a kill, Ctrl-C, a full disk) leaves is kept for a week; any other error removes it. A
        second process that wants the same conversion waits for the first; the lock ends with its owner.

        Raises:
            DataError: the cache cannot be written, or the disk is full.
        """
        partial = self.folder / f".{key}.partial"
        try:
            while (found := self.get(key)) is None:
                partial.mkdir(parents=True, exist_ok=True)
                held = os.open(partial, os.O_RDONLY)
                try:
                    if not _lock(held):
                        return self.get_or_convert(key, convert)
                    if _is_still(partial, held) and self.get(key) is None:
                        self._resume(partial, key, convert)
                finally:
                    os.close(held)
        except OSError as error:
            raise self._unwritable(error) from error
        return found

    def _resume(self, partial: Path, key: str, convert: Callable[[Path], Mapping[str, Any]]) -> None:
        os.utime(partial)  # not abandoned
        self._remove_abandoned()
        try:
            self._finish(partial, key, dict(convert(partial)))
        except OSError:
            raise
        except Exception:
            shutil.rmtree(partial, ignore_errors=True)
            raise

    def _unwritable(self, error: OSError) -> DataError:
        msg = f"cannot write converted events to {self.folder}: {error.strerror or error}; choose another folder "
        return DataError(msg + "with ADBENCH_CACHE_DIR")

    def _finish(self, temporary: Path, key: str, notes: Mapping[str, Any]) -> None:
        """Sync the files, write their index last, and rename the folder to its place."""
        index = temporary / INDEX
        files = sorted(path for path in temporary.rglob("*") if path.is_file() and path != index)
        for path in files:
            sync(path)
        sizes = {path.relative_to(temporary).as_posix(): path.stat().st_size for path in files}
        index.write_text(json.dumps({"files": sizes, "notes": notes}, indent=1), "utf-8")
        sync(index)
        sync(temporary)
        final = self.folder / key
        if self.get(key) is None:
            shutil.rmtree(final, ignore_errors=True)  # a damaged conversion: files were removed or cut off
        try:
            temporary.rename(final)
        except OSError:
            if self.get(key) is None:  # else another process was first; its files are as good as ours
                raise
        sync(self.folder)

    def _remove_abandoned(self) -> None:
        for pattern, age in ((".*.tmp", ABANDONED), (".*.partial", KEPT)):
            for path in self.folder.glob(pattern):
                try:
                    if time.time() - path.stat().st_mtime > age:
                        shutil.rmtree(path, ignore_errors=True)
                except FileNotFoundError:
                    continue


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold a folder against other processes and threads that ask the same; where there are no locks, go on without."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        _lock(held)
        yield
    finally:
        os.close(held)


def _lock(descriptor: int) -> bool:
    """Wait for the lock on a folder; return False where the file system has no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EINVAL):
            return False
        raise
    return True


def _is_still(path: Path, descriptor: int) -> bool:
    """Tell whether an open folder is still the one of this name: it is renamed when its conversion is finished."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a small file so that readers see the old text or the new one, never a part.

    Raises:
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        sync(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file or folder to the disk, so that a later rename cannot become visible before its content."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
