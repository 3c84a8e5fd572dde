"""Files of the results folder: written whole or not at all, set aside under names that tell whose they are."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from adbench.api.errors import MissingError
from adbench.runs.processes import is_alive, start_time

__all__ = [
    "TRASH", "UnwritableError", "aside", "becomes", "is_full", "is_litter", "remove", "write_whole", "writing",
]  # fmt: skip

TRASH = ".trash-"


class UnwritableError(MissingError):
    """The results folder cannot be written: full, read-only or gone. No run can be stored, so a study ends here."""

    def __init__(self, root: Path, why: str) -> None:
        super().__init__(
            f"results cannot be written to {root}: {why}. Make room there or choose another folder with --results; "
            "the same command continues"
        )


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turn an OSError while something is written into an UnwritableError that names the folder."""
    try:
        yield
    except OSError as error:
        raise UnwritableError(root, error.strerror or str(error)) from error


def is_full(error: BaseException) -> bool:
    """Tell whether an error says that there is no room left on a disk."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that readers, and writers of the same file, see the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = aside(path)
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError:
        remove(temporary)
        raise


def aside(path: Path, prefix: str = "") -> Path:
    """Return an unused name beside a path that says which process it belongs to."""
    me, name = os.getpid(), path.name.removeprefix(prefix)
    unique = f"{threading.get_ident()}.{time.monotonic_ns()}"
    return path.parent / f"{TRASH}{name}-{unique}-{socket.gethostname()}-{me}.{start_time(me)}"


def is_litter(path: Path) -> bool:
    """Tell whether a path is one that `aside` named for a process of this host that is gone."""
    name, _, owner = path.name.rpartition("-")
    process, _, started = owner.partition(".")
    if not (name.startswith(TRASH) and name.endswith(f"-{socket.gethostname()}")):
        return False
    return process.isdecimal() and started.isdecimal() and not is_alive(int(process), int(started))


def becomes(folder: Path, name: Path) -> bool:
    """Rename a folder unless the name is taken by a folder that is not empty; tell whether that worked."""
    try:
        folder.rename(name)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True


def remove(path: Path | None) -> None:
    """Remove a file or a folder with all that is in it; what is gone already is fine."""
    if path is not None:
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
