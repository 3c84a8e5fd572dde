"""How many threads the numerical libraries of a run use."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

__all__ = ["threads_per_process"]

_SETTINGS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextlib.contextmanager
def threads_per_process(threads: int) -> Iterator[None]:
    """Set the variables that libraries read when a process first imports them, for processes started meanwhile."""
    saved = {name: os.environ.get(name) for name in _SETTINGS}
    os.environ.update(dict.fromkeys(_SETTINGS, str(threads)))
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
