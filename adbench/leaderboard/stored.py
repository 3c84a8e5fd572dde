"""The stored runs that can be read: one damaged record must not hide all the others."""

from __future__ import annotations

from collections.abc import Iterable

from adbench.api.errors import DataError
from adbench.runs.record import read_record
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["readable_runs"]


def readable_runs(results: ResultsFolder | Iterable[StoredRun]) -> tuple[list[StoredRun], list[str]]:
    """Return the stored runs in the order of their paths, and one sentence for each record that cannot be read.

    Args:
        results: a results folder, or stored runs, which are returned as they are.
    """
    if not isinstance(results, ResultsFolder):
        return list(results), []
    runs, damaged = [], []
    for path in results.record_files():
        try:
            record = read_record(path.parent)
        except DataError as error:
            damaged.append(f"left out: {error}")
        except (OSError, UnicodeDecodeError) as error:
            damaged.append(f"left out: {path}: damaged record ({error}); remove its folder to run again")
        else:
            runs += [] if record is None else [StoredRun(path.parent, record)]
    return runs, damaged
