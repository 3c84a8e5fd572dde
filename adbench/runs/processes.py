"""Processes as the harness sees them: who is alive, who belongs to a run, what they hold."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["end_group", "group_memory", "is_alive", "start_time"]

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def start_time(process: int) -> int:
    """Return when a process started, in clock ticks since boot; 0 where the system does not tell.

    Together with its number this names a process for good: numbers are used again, starts are not.
    """
    fields = _stat(process)
    return int(fields[19]) if fields else 0


def is_alive(process: int, started: int) -> bool:
    """Tell whether the process of this number and start is still there (a zombie is not)."""
    if _PROC.is_dir():
        fields = _stat(process)
        return bool(fields) and fields[0] != "Z" and (started == 0 or int(fields[19]) == started)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def group_memory(groups: Iterable[int]) -> dict[int, int]:
    """Return the memory in bytes that the processes of each group hold, shared pages (libraries) not counted."""
    held = dict.fromkeys(groups, 0)
    if held:
        for process in _processes():
            fields = _stat(process)
            group = int(fields[2]) if fields else -1
            if group in held:
                with contextlib.suppress(OSError):
                    _, resident, shared, *_ = (_PROC / str(process) / "statm").read_text().split()
                    held[group] += (int(resident) - int(shared)) * _PAGE
    return held


def end_group(group: int, number: signal.Signals) -> None:
    """Send a signal to all processes of a group; a group that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _processes() -> Iterator[int]:
    for path in _PROC.iterdir():
        if path.name.isdigit():
            yield int(path.name)


def _stat(process: int) -> list[str]:
    """Return the fields of /proc/<process>/stat behind the command: state, parent, group, ...; empty when gone."""
    try:
        text = (_PROC / str(process) / "stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
