"""Chunks side by side in fresh processes, and files that are whole or not there."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from adbench.generation.kinematics import Array

__all__ = ["Chunked", "save_whole", "side_by_side"]

T = TypeVar("T")


class Chunked(Protocol):
    """A unit of work: some generated events of one slice (a process, or a part of its phase space)."""

    @property
    def slice_key(self) -> str:
        """Which slice."""

    @property
    def index(self) -> int:
        """Number of the chunk in its slice."""

    @property
    def events(self) -> int:
        """Generated events of the chunk."""

    @property
    def path(self) -> Path:
        """File of the finished chunk."""


def side_by_side(run: Callable[[T], tuple[T, float]], tasks: Iterable[T], jobs: int) -> Iterator[tuple[T, float]]:
    """Run chunks here or in fresh processes, one generator each; yield (task, seconds) as they finish."""
    if jobs == 1:
        yield from map(run, tasks)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in as_completed([pool.submit(run, task) for task in tasks]):
            yield future.result()


def save_whole(path: Path, **arrays: Array) -> None:
    """Write compressed arrays so that a kill at any moment leaves either the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    partial.replace(path)
