"""Reference results: records and figures without per-event scores, small enough to live in a repository.

Folders are those of a results folder; beside ``record.json`` stands ``metrics.json`` in place of ``scores.npz``, whose
SHA-256 the record holds. A board is built from such a folder as from any other, and the bytes of both files depend on
the results alone: no host, no process, no command line, no clock.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from adbench.api.errors import DataError
from adbench.api.metric import Estimate, Metric
from adbench.runs.record import Record
from adbench.runs.store import StoredRun

__all__ = [
    "EXPORT_AGAIN",
    "METRICS_FILE",
    "as_text",
    "estimate_key",
    "half_name",
    "halves_of",
    "public_record",
    "read_beside",
    "read_reference",
    "signals_of",
]

METRICS_FILE = "metrics.json"
SCHEMA = 1
EXPORT_AGAIN = "write it again: adbench results export-reference"
"""What mends a reference result."""

T = TypeVar("T")

_PRIVATE = ("host", "process", "command", "executor", "threads", "cores", "devices")
_DIGITS = 15  # significant ones: the last of 17 may differ between processors


def estimate_key(score: str, signal: str, half: str, metric: Metric) -> str:
    """Return what names a figure: score, signal, ``all`` of it or the ``half`` nobody learns from, metric, version."""
    return "|".join([score, signal, half, metric.name, str(metric.version)])


def half_name(record: Record, signal: str, *, halves: bool) -> str:
    """Return ``half`` where a run that learnt from no signal is measured on the half nobody learns from, else ``all``.

    Args:
        record: of the run.
        signal: name of a signal.
        halves: whether the board measures such runs on halves, since others on it learn from the rest.
    """
    return "half" if halves and record.in_halves(signal) and not record.halved(signal) else "all"


def halves_of(record: Record) -> tuple[bool, ...]:
    """Return the values of ``halves`` that a run is measured with: one that learnt from signals has its halves only."""
    return (False,) if record.halved_signals else (False, True)


def signals_of(record: Record) -> tuple[str, ...]:
    """Return the signals that a run scored, in the order of its record."""
    return tuple(name.removeprefix("signal/") for name in record.samples if name.startswith("signal/"))


def public_record(record: Record) -> Record:
    """Return the record without what tells about the machine and the person that ran it."""
    kept = {name: value for name, value in record.environment.items() if name not in _PRIVATE}
    return dataclasses.replace(record, environment=kept)


def as_text(record: Record, estimates: Mapping[str, Estimate]) -> str:
    """Return the content of ``metrics.json``: one line per figure, sorted, value and interval to 15 digits."""
    lines = [
        f"  {json.dumps(key, ensure_ascii=False)}: {json.dumps(_plain(estimate), ensure_ascii=False)}"
        for key, estimate in sorted(estimates.items())
    ]
    head = json.dumps({"schema": SCHEMA, "key": record.key, "scores_sha256": record.scores_sha256}, indent=1)
    body = ",\n".join(lines)
    return f'{head[:-2]},\n "estimates": {{\n{body}\n }}\n}}\n'


def read_reference(run: StoredRun) -> dict[str, Estimate] | None:
    """Return the figures of a reference result by `estimate_key`; None where the folder holds none.

    Raises:
        DataError: the file is damaged, of a newer version or of other scores than the record's.
    """

    def estimates(stored: Any) -> dict[str, Estimate]:
        return {str(key): _estimate(values) for key, values in stored["estimates"].items()}

    return read_beside(run, METRICS_FILE, SCHEMA, estimates)


def read_beside(run: StoredRun, name: str, schema: int, parse: Callable[[Any], T]) -> T | None:
    """Return what a JSON file beside a record holds; None where there is no such file.

    Args:
        run: whose folder.
        name: of the file; it names the run's key and the hash of its scores.
        schema: the newest that is understood.
        parse: gets the parsed JSON.

    Raises:
        DataError: the file is damaged, of a newer version or of other scores than the record's.
    """
    path = run.folder / name
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["schema"] > schema:
            msg = f"{path}: written by a newer adbench (schema {stored['schema']} > {schema}); update adbench"
            raise DataError(msg)
        found, owner = parse(stored), (stored["key"], stored["scores_sha256"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{path}: damaged ({type(error).__name__}: {error}); {EXPORT_AGAIN}"
        raise DataError(msg) from error
    if owner != (run.record.key, run.record.scores_sha256):
        msg = f"{path}: its key or hash of scores is not that of the record beside it; {EXPORT_AGAIN}"
        raise DataError(msg)
    return found


def _plain(estimate: Estimate) -> list[Any]:
    return [_rounded(value) if isinstance(value, float) else value for value in dataclasses.astuple(estimate)]


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.{_DIGITS}g}")


def _estimate(values: list[Any]) -> Estimate:
    value, low, high, note, measured = values
    if not isinstance(note, str) or not isinstance(measured, bool):
        raise TypeError(values)
    numbers = [math.nan if x is None else float(x) for x in (value, low, high)]
    return Estimate(numbers[0], numbers[1], numbers[2], note, measured)
