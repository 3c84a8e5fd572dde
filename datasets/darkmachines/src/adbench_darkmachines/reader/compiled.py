"""Machine code for the hot loops, compiled once per machine and not once per process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from adbench.data.cache import default_cache

__all__ = ["compiled"]

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return the function compiled by numba on its first call; later processes load the stored machine code.

    numba stores it beside the source or in the user's cache folder. Where it finds neither writable (a
    read-only installation run by an account without a home), adbench's own cache folder is tried, and at last
    the code is compiled in each process. The global interpreter lock is released while it runs.
    """
    njit: Any = numba.njit
    try:
        return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # numba: "cannot cache function: no locator available"
        pass
    config: Any = numba.config
    before = config.CACHE_DIR
    try:
        folder = default_cache() / "numba"
        folder.mkdir(parents=True, exist_ok=True)
        config.CACHE_DIR = str(folder)
        return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))
    except (RuntimeError, OSError):
        return cast("Function", njit(nogil=True, error_model="numpy")(function))
    finally:
        config.CACHE_DIR = before
