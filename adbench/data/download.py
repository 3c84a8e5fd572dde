"""Files from servers that break off, stall, refuse and lie: resumed, repeated, checked, from one mirror after another.

pooch names the file, checks its hash and puts it in its place; how the bytes come is ours (`adbench.data.transfer`),
because pooch's own downloaders begin again from zero.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from adbench.api.errors import DataError, MissingError
from adbench.data.disk import free_bytes, readable, require_room
from adbench.data.partial import Origin, Partial
from adbench.data.patience import Patience
from adbench.data.transfer import RefusedError, TryAgainError, transfer

__all__ = ["Remote", "Silent", "Watcher", "download"]

_ADVANCE: Final = 1_000_000  # bytes that an attempt must bring to count as one that got on
_CHECKS: Final = 2  # a wrong checksum is tried once more from zero


@dataclass(frozen=True, slots=True)
class Remote:
    """A published file.

    Attributes:
        name: of the file here.
        urls: where it is, best first.
        checksum: ``md5:...`` or ``sha256:...``, as published.
        size: in bytes, where it is published.
    """

    name: str
    urls: tuple[str, ...]
    checksum: str
    size: int | None = None


class Silent:
    """Hears how a download gets on and says nothing."""

    def bytes(self, name: str, done: int, total: int | None) -> None:
        """Hear how many bytes of a file are here."""

    def waits(self, name: str, why: str, seconds: float) -> None:
        """Hear that an attempt failed and when the next one begins."""


Watcher = Silent


@dataclass(slots=True)
class _Downloader:
    """What pooch calls to bring one file: ``downloader(url, output_file, pooch)``."""

    remote: Remote
    partial: Partial
    patience: Patience
    watcher: Watcher
    troubles: list[str] = field(default_factory=list)

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        import requests

        self.troubles.clear()
        with requests.Session() as session:
            for mirror in self.remote.urls:
                trouble = self._from(session, mirror)
                if trouble is None:
                    break
                self.troubles.append(f"{mirror}: {trouble}")
            else:
                raise MissingError(self._given_up())
        _same_file(self.partial.path, Path(output_file))  # the part stays until the whole is checked

    def _from(self, session: Any, url: str) -> str | None:
        """Get the file from one mirror; return why that did not work."""
        failures = 0
        expected = Origin(url, "", self.remote.size, self.remote.checksum)
        while True:
            before = self.partial.size()
            try:
                transfer(session, url, self.partial, expected, self.patience, self._progress)
            except RefusedError as error:
                return str(error)
            except TryAgainError as error:
                failures = 1 if self.partial.size() - before >= _ADVANCE else failures + 1
                if failures >= self.patience.attempts:
                    return f"{error}, {failures} times in a row"
                wait = self.patience.delay(failures) if error.wait is None else error.wait
                if wait > self.patience.longest_asked:
                    return f"{error} and asks to wait {wait:,.0f} s"
                self.watcher.waits(self.remote.name, str(error), wait)
                self.patience.sleep(wait)
            else:
                return None

    def _progress(self, done: int, total: int | None) -> None:
        self.watcher.bytes(self.remote.name, done, total)

    def _given_up(self) -> str:
        have = self.partial.size()
        kept = f"; {readable(have)} are kept, and the same command continues" if have else "; try again later"
        return f"{self.remote.name} cannot be downloaded from {'; '.join(self.troubles)}{kept}"


def download(
    remote: Remote,
    folder: Path,
    *,
    unpacked: int = 0,
    patience: Patience | None = None,
    watcher: Watcher | None = None,
) -> Path:
    """Bring a published file into a folder unless it is there already; return its path.

    An earlier download that was killed goes on where it stopped.

    Args:
        remote: the file.
        folder: where it goes.
        unpacked: bytes that will be written to this disk afterwards, so that they are not missing then.
        patience: limits of retries.
        watcher: hears how it gets on.

    Raises:
        MissingError: no mirror gives it, or the disk has no room.
        DataError: what the servers send has twice another checksum than the published one.
    """
    import pooch

    pooch.get_logger().setLevel("ERROR")
    target = folder / remote.name
    partial = Partial(target)
    caller = _Downloader(remote, partial, patience or Patience(), watcher or Silent())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            have = partial.size() if partial.usable(remote.checksum) else 0
            require_room(folder, max(0, (remote.size or 0) - have) + unpacked, f"downloading {remote.name}")
        for check in range(1, _CHECKS + 1):
            try:
                path = pooch.retrieve(
                    url=remote.urls[0],
                    known_hash=remote.checksum,
                    fname=remote.name,
                    path=folder,
                    downloader=caller,
                )
            except ValueError as error:  # of pooch: the hash
                partial.discard()
                if check == _CHECKS:
                    raise DataError(_wrong(remote, folder)) from error
            else:
                partial.discard()
                return Path(path)
    except OSError as error:
        msg = f"cannot write {target}: {error.strerror or error} ({readable(free_bytes(folder))} free). Make room "
        msg += "there or choose another folder with --out; the same command continues"
        raise MissingError(msg) from error
    raise AssertionError(target)  # the loop returns or raises


def _same_file(part: Path, output: Path) -> None:
    """Give a file a second name, or copy it where the file system has no such names."""
    import shutil

    with contextlib.suppress(FileNotFoundError):
        output.unlink()
    try:
        os.link(part, output)
    except OSError:
        shutil.copyfile(part, output)


def _wrong(remote: Remote, folder: Path) -> str:
    return (
        f"{remote.name} from {remote.urls[0]} has twice another checksum than the published {remote.checksum}, and was "
        f"removed from {folder}. Somebody between here and there changes files, or the record was changed: try again "
        "later, or name another source with --mirror"
    )
