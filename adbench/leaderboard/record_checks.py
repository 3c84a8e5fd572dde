"""A stored record against itself, its place and its detector: key, folder, status, name and class of the entry."""

from __future__ import annotations

from collections.abc import Iterator

from adbench.api.errors import UnknownNameError
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["AGAIN", "wrong_records"]

AGAIN = "remove the folder and run again"
"""What mends a result."""


def wrong_records(store: ResultsFolder, run: StoredRun) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with a record.

    Args:
        store: the folder that the run is in.
        run: the run.

    Raises:
        UsageError: a name in its identity cannot be part of a path.
    """
    record, identity = run.record, run.record.identity
    place = run.folder / "record.json"
    if record.key != identity.key:
        yield f"{place}: key {record.key} does not follow from its identity, which gives {identity.key}; {AGAIN}"
    elif run.folder != store.folder(identity):
        yield f"{run.folder}: belongs to {store.folder(identity)}; move it there"
    if record.status == "ok" and not record.scores_sha256:
        yield f"{place}: no hash of scores; {AGAIN}"
    if record.status != "ok" and not record.reason:
        yield f"{place}: ended as {record.status} without a reason; {AGAIN}"
    if record.named_after != identity.detector:
        yield f"{place}: entry '{record.entry}' is not named after its detector {identity.detector}; {AGAIN}"
    yield from _wrong_class(run)


def _wrong_class(run: StoredRun) -> Iterator[str]:
    """Yield that a run is in another class than its detector; one of another version may have been in another."""
    record, identity = run.record, run.record.identity
    if identity.parents:  # of a combination, which no plugin describes
        return
    try:
        spec = catalogue().detectors.get(identity.detector)
    except UnknownNameError:
        return
    if spec.version == identity.version and spec.supervision != record.supervision:
        yield (
            f"{run.folder / 'record.json'}: {record.supervision}, but detector {identity.detector} is "
            f"{spec.supervision}; {AGAIN}"
        )
