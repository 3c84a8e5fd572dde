"""Stored runs as a user names them: by the first digits of a key."""

from __future__ import annotations

from collections.abc import Sequence

from adbench.api.errors import UnknownNameError, UsageError
from adbench.runs.store import StoredRun

__all__ = ["run_by_key"]


def run_by_key(runs: Sequence[StoredRun], key: str) -> StoredRun:
    """Return the stored run whose key begins with some digits.

    Raises:
        UnknownNameError: no key does.
        UsageError: several do.
    """
    found = [run for run in runs if run.record.key.startswith(key)]
    if not found:
        raise UnknownNameError("stored run", key, {run.record.key for run in runs}, "adbench results list")
    if len(found) > 1:
        keys = ", ".join(run.record.key for run in found[:5])
        msg = f"{len(found)} stored runs begin with '{key}': {keys}; give more digits"
        raise UsageError(msg)
    return found[0]
