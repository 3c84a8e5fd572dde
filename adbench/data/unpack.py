"""Archives from elsewhere, unpacked without trust: only plain files, only below the folder, only with room for them.

A file appears in its place when it is whole; files that an interrupted unpacking finished are not written again.
"""

from __future__ import annotations

import json
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from adbench.api.errors import DataError, MissingError
from adbench.data.cache import sync, write_atomically
from adbench.data.disk import require_room

__all__ = ["Unpacked", "unpack"]

MOST_FILES: Final = 10_000
MOST_EXPANSION: Final = 100  # bytes per byte of the archive; text compresses to a third, bombs to a thousandth
_SMALL: Final = 10_000_000  # bytes that an archive of any size may expand to
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was in an archive.

    Attributes:
        files: bytes by name, of those that are in the folder now.
        left_out: names of those that were not wanted.
    """

    files: dict[str, int]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    size: int
    fault: str
    folder: bool
    open: Callable[[], IO[bytes]]


def unpack(
    archive: Path,
    folder: Path,
    *,
    wanted: Callable[[str], bool] = lambda name: True,
    progress: Callable[[int], None] = lambda size: None,
) -> Unpacked:
    """Unpack a tar (gz, bz2, xz) or zip into a folder; files of other archives in it stay.

    Files are written beside the folder and moved into it when all are whole.

    Args:
        archive: the file.
        folder: it is made where needed.
        wanted: says by its name whether a file is to be unpacked.
        progress: gets the bytes written so far.

    Raises:
        DataError: a path that leads out, a link, a device, a name twice, an absurd size, or a damaged archive; nothing
            of it is in the folder then.
        MissingError: the disk is full, or cannot be written.
    """
    temporary = folder.with_name(f".{folder.name}.{archive.name}.unpacking")
    try:
        _resume_or_begin(temporary, archive)
        found = _write_all(archive, temporary / "files", wanted, progress)
        for name in found.files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (temporary / "files" / name).replace(target)
    except (DataError, tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, DataError):
            raise
        raise _damaged(archive, error) from error
    except OSError as error:
        if error.errno is None:  # of gzip and lzma: damaged
            shutil.rmtree(temporary, ignore_errors=True)
            raise _damaged(archive, error) from error
        msg = f"cannot unpack {archive} into {folder}: {error.strerror or error}. Make room there or choose another "
        msg += "folder with --out; the same command continues"
        raise MissingError(msg) from error
    shutil.rmtree(temporary, ignore_errors=True)
    return found


def _damaged(archive: Path, error: Exception) -> DataError:
    why = " ".join(str(error).split()) or type(error).__name__
    return DataError(f"{archive} is damaged: {why}; remove it and fetch it again")


def _resume_or_begin(temporary: Path, archive: Path) -> None:
    """Keep what an interrupted unpacking of the same archive left, and nothing else."""
    state = archive.stat()
    note, mine = temporary / "archive.json", [state.st_size, state.st_mtime_ns]
    try:
        same = json.loads(note.read_text("utf-8")) == mine
    except (OSError, ValueError):
        same = False
    if not same:
        shutil.rmtree(temporary, ignore_errors=True)
        write_atomically(note, json.dumps(mine))


def _write_all(archive: Path, folder: Path, wanted: Callable[[str], bool], progress: Callable[[int], None]) -> Unpacked:
    most = max(_SMALL, MOST_EXPANSION * archive.stat().st_size)
    seen: set[str] = set()
    files: dict[str, int] = {}
    left_out, total = [], 0
    with _members(archive) as members:
        for member in members:
            name = _safe_name(archive, member)
            if member.folder:
                continue
            if name.casefold() in seen:
                raise _hostile(archive, member.name, "is in it twice")
            seen.add(name.casefold())
            total += member.size
            if len(seen) > MOST_FILES or total > most:
                raise _hostile(archive, member.name, f"makes it more than {MOST_FILES:,} files or {most:,} bytes")
            if not wanted(name):
                left_out.append(name)
                continue
            _write(archive, member, folder / name)
            files[name] = member.size
            progress(sum(files.values()))
    return Unpacked(files, tuple(left_out))


def _write(archive: Path, member: _Member, path: Path) -> None:
    if path.is_file() and path.stat().st_size == member.size:
        return  # finished at an earlier time
    require_room(path.parent, member.size, f"unpacking {member.name} of {archive.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    part, written = path.with_name(f"{path.name}.part"), 0
    with member.open() as source, part.open("wb") as out:
        while piece := source.read(_PIECE):
            written += len(piece)
            if written > member.size:
                break
            out.write(piece)
    if written != member.size:
        raise _hostile(archive, member.name, f"has another size than the {member.size:,} bytes it states")
    sync(part)
    part.replace(path)


def _safe_name(archive: Path, member: _Member) -> str:
    name = PurePosixPath(member.name)
    if member.fault:
        raise _hostile(archive, member.name, member.fault)
    if name.is_absolute() or ".." in name.parts or "\\" in member.name or ":" in member.name or "\0" in member.name:
        raise _hostile(archive, member.name, "leads out of the folder")
    if not name.parts and not member.folder:
        raise _hostile(archive, member.name, "has no name")
    return name.as_posix()


def _hostile(archive: Path, name: str, why: str) -> DataError:
    return DataError(f"{archive}: refused, nothing was unpacked: '{name}' {why}")


@contextmanager
def _members(archive: Path) -> Iterator[Iterator[_Member]]:
    if zipfile.is_zipfile(archive) and not tarfile.is_tarfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            yield (_of_zip(zipped, info) for info in zipped.infolist())
    else:
        with tarfile.open(archive) as tarred:
            yield (_of_tar(tarred, info) for info in tarred)


def _of_tar(tarred: tarfile.TarFile, info: tarfile.TarInfo) -> _Member:
    fault = ""
    if info.issym() or info.islnk():
        fault = "is a link"
    elif info.issparse() or not (info.isreg() or info.isdir()):
        fault = "is neither a plain file nor a folder"

    def opened() -> IO[bytes]:
        source = tarred.extractfile(info)
        if source is None:
            msg = f"no content of {info.name}"
            raise tarfile.ReadError(msg)
        return source

    return _Member(info.name, info.size if info.isreg() else 0, fault, info.isdir(), opened)


def _of_zip(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Member:
    kind = stat.S_IFMT(info.external_attr >> 16)
    fault = "is a link" if kind == stat.S_IFLNK else ""
    if not fault and kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        fault = "is neither a plain file nor a folder"
    if info.flag_bits & 1:
        fault = "is encrypted"
    return _Member(info.filename, info.file_size, fault, info.is_dir(), lambda: zipped.open(info))
