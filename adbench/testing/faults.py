"""Ways in which a detector can go wrong, one per value of its parameter; for tests of what survives them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, Events, UnsuitedError

__all__ = ["FAULTS", "Faulty"]


def _raise() -> None:
    msg = "the loss is not finite\nin epoch 3"
    raise ValueError(msg)


def _hang() -> None:
    time.sleep(3600.0)


def _ignore_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _hang()


def _allocate() -> None:
    kept = []
    while True:
        kept.append(np.ones(4_000_000))  # 32 MB each, written to


def _leave_children() -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])


def _leave_children_and_hang() -> None:
    _leave_children()
    _hang()


def _exit() -> None:
    os._exit(9)


def _crash() -> None:
    ctypes.string_at(0)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _talk() -> None:
    for _ in range(100):
        print("x" * 999_999)  # noqa: T201  what it is for: 100 MB of output


def _unsuited() -> None:
    msg = "this detector needs objects; leave it out for these events"
    raise UnsuitedError(msg)


def _run_out() -> None:
    raise MemoryError


_BEFORE: Mapping[str, Callable[[], None]] = {
    "raise": _raise,
    "hang": _hang,
    "ignore_sigterm": _ignore_sigterm,
    "allocate": _allocate,
    "leave_children": _leave_children,
    "leave_children_and_hang": _leave_children_and_hang,
    "exit": _exit,
    "crash": _crash,
    "kill": _kill,
    "talk": _talk,
    "memory": _run_out,
    "unsuited": _unsuited,
}

_SCORES: Mapping[str, Callable[[NDArray[Any]], Any]] = {
    "nan": lambda met: np.where(np.arange(len(met)) < 3, np.nan, met),
    "shape": lambda met: met[:-1],
    "missing_score": lambda met: {"other": met},
    "dtype": lambda met: met.astype(str),
    "complex": lambda met: met + 1j,
    "constant": np.ones_like,
}

FAULTS = (*_BEFORE, *_SCORES)
"""All values of the parameter ``how``."""


class Faulty(Detector):
    """A detector that goes wrong in the way its parameter says; otherwise its score is the missing energy."""

    @dataclass(frozen=True, slots=True)
    class Params:
        """What goes wrong."""

        how: str = "raise"  # one of FAULTS
        in_score: bool = False  # go wrong while scoring instead of while training

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Go wrong while training, where the parameter says so."""
        print("about to fail", flush=True)  # noqa: T201  a test reads it back from the log
        if not self.params.in_score:
            self._go_wrong()

    def score(self, events: Events) -> Any:
        """Go wrong while scoring, or return what breaks the contract."""
        if self.params.in_score:
            self._go_wrong()
        met = np.asarray(events.feature("met"), np.float64)
        return _SCORES[self.params.how](met) if self.params.how in _SCORES else met

    def _go_wrong(self) -> None:
        if self.params.how in _BEFORE:
            _BEFORE[self.params.how]()
