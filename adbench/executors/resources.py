"""What a run asks a batch system for: cores, memory, time, GPUs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from adbench.registry import catalogue
from adbench.runs.task import Task

__all__ = ["Resources", "slurm_time"]

_MEMORY = 4096  # MiB asked for where no limit is set
_SUPERVISOR = 512  # MiB of the process that watches the run, which its limit does not count
_TO_END = 120.0  # seconds beyond the limit, so that the run is ended by its supervisor, which stores why


@dataclass(frozen=True, slots=True)
class Resources:
    """What one job asks for.

    Attributes:
        threads: cores.
        memory: MiB.
        seconds: time; None = what the batch system gives by default.
        gpus: how many GPUs it needs.
    """

    threads: int
    memory: int
    seconds: float | None
    gpus: int

    @classmethod
    def of(cls, task: Task) -> Self:
        """Return what a run asks for: GPUs where they make the detector faster, unless the device is ``cpu``."""
        settings, limits = task.settings, task.settings.limits
        spec = catalogue().detectors.get(task.identity.detector)
        on_gpu = settings.device.startswith("cuda") or (settings.device == "auto" and spec.gpu)
        return cls(
            threads=settings.threads,
            memory=_MEMORY if limits.memory is None else math.ceil(limits.memory / 2**20) + _SUPERVISOR,
            seconds=None if limits.seconds is None else limits.seconds + _TO_END,
            gpus=settings.devices if on_gpu else 0,
        )

    @classmethod
    def enough_for(cls, tasks: Iterable[Task], seconds: float) -> Self:
        """Return what a job asks for that does one of these runs after another for some time."""
        wanted = [Resources.of(task) for task in tasks]
        return cls(
            threads=max(one.threads for one in wanted),
            memory=max(one.memory for one in wanted),
            seconds=seconds,
            gpus=max(one.gpus for one in wanted),
        )


def slurm_time(seconds: float) -> str:
    """Return a time as Slurm reads it, rounded up to minutes.

    Example:
        >>> slurm_time(90000)
        '1-01:00:00'
    """
    minutes = max(1, math.ceil(seconds / 60))
    days, minutes = divmod(minutes, 24 * 60)
    return f"{days}-{minutes // 60:02d}:{minutes % 60:02d}:00"
