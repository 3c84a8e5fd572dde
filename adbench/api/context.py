"""What a run hands to its detector: seed, threads, device, a place to write, a way to tell progress."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from adbench.api.noise import content_keys, normal, seed_for, uniform

if TYPE_CHECKING:
    from adbench.api.events import Events

__all__ = ["Progress", "RunContext", "Silent"]


class Progress(Protocol):
    """Where a detector reports how far it is."""

    def __call__(self, phase: str, step: int, total: int, **figures: float) -> None:
        """Report step `step` of `total` in a phase ("fit"), with figures such as ``loss=3.18``."""


class Silent:
    """Progress that goes nowhere."""

    def __call__(self, phase: str, step: int, total: int, **figures: float) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """The surroundings of one run. Nothing in it names a signal.

    Attributes:
        seed: all randomness of the detector derives from it.
        device: ``cpu`` or a torch device such as ``cuda:0``.
        threads: how many threads the detector may use.
        workdir: a private folder for temporary files; None where nothing may be written.
        progress: call it as often as you like; the harness thins it out.
        deadline: `time.monotonic()` value after which the run is stopped; None = no limit.
        devices: how many devices share a fit, from `device` on; processes where that is the CPU.
        precision: of a fit: ``32-true``, ``bf16-mixed``, ``16-mixed`` or ``64-true``.
        notes: what a reader of the scores must know; add to it with `note`.
    """

    seed: int = 0
    device: str = "cpu"
    threads: int = 1
    workdir: Path | None = None
    progress: Progress = field(default_factory=Silent)
    deadline: float | None = None
    devices: int = 1
    precision: str = "32-true"
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep a sentence with the result of the run, once: what was left out, what was done instead."""
        if text not in self.notes:
            self.notes.append(text)

    def rng(self, *purpose: str) -> np.random.Generator:
        """Return a generator for a named purpose ("initialisation"); its stream does not depend on other calls."""
        return np.random.default_rng(seed_for(self.seed, *purpose))

    def normal(self, events: Events, size: int, *purpose: str) -> NDArray[np.float64]:
        """Return float64 (n, size) standard normal numbers that belong to each event's content.

        Use it for randomness inside `Detector.score`: the numbers do not depend on order, batch or worker.
        """
        return normal(content_keys(events), seed_for(self.seed, *purpose), size)

    def uniform(self, events: Events, size: int, *purpose: str) -> NDArray[np.float64]:
        """Return float64 (n, size) uniform numbers in (0, 1) that belong to each event's content."""
        return uniform(content_keys(events), seed_for(self.seed, *purpose), size)

    def seconds_left(self) -> float:
        """Return the seconds until the deadline; infinity without one."""
        return float("inf") if self.deadline is None else self.deadline - time.monotonic()
