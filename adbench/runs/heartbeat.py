"""A sign of life in the folder of a run in flight, so that its state can be read from files alone."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from adbench.runs.processes import is_alive, start_time
from adbench.runs.schema import checked

__all__ = ["BEAT", "PULSE", "Heart", "Pulse", "read_pulse", "write_pulse"]

BEAT = 5.0
"""Seconds between two signs of life."""

PULSE = "heartbeat.json"
"""Name of the file in a work folder."""

_SILENCE = 120.0  # seconds without a sign after which a run on another host counts as dead


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last sign of life of a run.

    Attributes:
        host: where it runs.
        process: its process number there.
        started: start of that process, in clock ticks.
        seen: time of the sign, seconds since 1970.
        phase: what it was doing.
        step: how far.
        total: of how many steps.
        figures: loss and the like.
        peak_memory_mb: most resident memory in MB that the process had held by then.
    """

    host: str
    process: int
    started: int
    seen: float
    phase: str = "starting"
    step: int = 0
    total: int = 0
    figures: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: float = 0.0

    @property
    def alive(self) -> bool:
        """Whether the run is still there: by its process on this host, by its last sign elsewhere."""
        if self.host == socket.gethostname():
            return is_alive(self.process, self.started)
        return time.time() - self.seen < _SILENCE


def read_pulse(work: Path) -> Pulse:
    """Return the last sign of life in a work folder; one without any was made just now, or is dead."""
    try:
        stored: dict[str, Any] = json.loads((work / PULSE).read_text(encoding="utf-8"))
        return Pulse(**checked(Pulse, stored))
    except (OSError, ValueError, TypeError, RecursionError):
        with contextlib.suppress(OSError):
            return Pulse("", 0, 0, work.stat().st_mtime)
        return Pulse("", 0, 0, 0.0)


def write_pulse(work: Path, phase: str = "starting", step: int = 0, total: int = 0, **figures: float) -> None:
    """Write a sign of life of this process into a work folder."""
    me = os.getpid()
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    pulse = Pulse(socket.gethostname(), me, start_time(me), time.time(), phase, step, total, figures, peak)
    temporary = work / f".{PULSE}"
    temporary.write_text(json.dumps(asdict(pulse)), encoding="utf-8")
    temporary.replace(work / PULSE)


class Heart:
    """Writes the sign of life of this process, every `BEAT` seconds and at every change of phase."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._state: tuple[str, int, int, dict[str, float]] = ("starting", 0, 0, {})
        self._stopped, self._lock = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._go_on, daemon=True, name="heartbeat")
        self._thread.start()

    def note(self, phase: str, step: int, total: int, figures: dict[str, float]) -> None:
        """Take note of progress; a new phase is written at once."""
        new = phase != self._state[0]
        self._state = (phase, step, total, figures)
        if new:
            self.beat()

    def beat(self) -> None:
        """Write the sign of life; a full disk does not stop a run here."""
        phase, step, total, figures = self._state
        with self._lock, contextlib.suppress(OSError):
            write_pulse(self._work, phase, step, total, **figures)

    def stop(self) -> None:
        """Stop; the last sign of life stays until the result is in its place."""
        self._stopped.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._stopped.wait(BEAT):
            self.beat()
