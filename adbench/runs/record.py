"""What is kept of a run beside its scores: identity, status, cost, surroundings."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from adbench.api.errors import DataError, UsageError
from adbench.runs.key import SCHEMA, RunIdentity, canonical_json
from adbench.runs.names import path_name
from adbench.runs.schema import checked

__all__ = ["FAILURES", "Record", "Status", "read_record"]

Status = Literal["ok", "failed", "timeout", "out_of_memory", "killed", "interrupted", "skipped", "not_installed"]

FAILURES: frozenset[Status] = frozenset({"failed", "timeout", "out_of_memory", "killed", "interrupted"})
"""Statuses of runs that were started and gave no scores; ``--rerun failed`` runs them again."""


@dataclass(frozen=True, slots=True)
class Record:
    """One run as it is stored in ``record.json``.

    Attributes:
        key: the run key; also the name of the folder.
        identity: what decides the scores.
        status: how the run ended.
        reason: why, unless it is ok.
        entry: name on the leaderboard: detector, preset and every changed parameter.
        supervision: class in which the entry is ranked.
        scores: names of the scores; the first is the entry's.
        samples: number of events scored, by sample.
        dataset: summary, notes, DOIs and licence of the data set.
        detector: reference, distribution, version and source hash of the plugin, preset, changed parameters.
        timings: wall-clock seconds of each phase.
        peak_memory_mb: peak resident memory of the run's process in MB.
        environment: host, platform, versions, device, threads, command line.
        started: UTC time, ISO 8601.
        scores_sha256: hash of ``scores.npz``; empty without scores.
        notes: what a reader of the scores must know.
    """

    key: str
    identity: RunIdentity
    status: Status
    reason: str
    entry: str
    supervision: str = "unsupervised"
    scores: tuple[str, ...] = ()
    samples: Mapping[str, int] = field(default_factory=dict)
    dataset: Mapping[str, Any] = field(default_factory=dict)
    detector: Mapping[str, Any] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mb: float = 0.0
    environment: Mapping[str, Any] = field(default_factory=dict)
    started: str = ""
    scores_sha256: str = ""
    notes: tuple[str, ...] = ()

    def in_halves(self, signal: str) -> bool:
        """Tell whether a signal has a prior half that detectors may learn from; of old records all signals have."""
        return signal in self.dataset.get("halved", (signal,))

    def halved(self, signal: str) -> bool:
        """Tell whether a signal was scored on its measured half alone, because the other half may be learnt from."""
        told = self.supervision != "unsupervised" or self.identity.contamination > 0
        return told and self.in_halves(signal)

    @property
    def halved_signals(self) -> tuple[str, ...]:
        """The signals of which only the measured half was scored."""
        names = (name.removeprefix("signal/") for name in self.samples if name.startswith("signal/"))
        return tuple(name for name in names if self.halved(name))

    @property
    def named_after(self) -> str:
        """The detector in the name of the entry; a combination may be named after none."""
        return self.entry.partition("[")[0]

    @property
    def attempt(self) -> str:
        """What tells this attempt at a run from another one: when, where and by which process."""
        return f"{self.started} {self.environment.get('host', '')} {self.environment.get('process', '')}"

    def to_json(self) -> str:
        """Return the record as indented JSON with a stable order of fields."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        values["identity"] = self.identity.as_dict()
        return json.dumps({"schema": SCHEMA, **values}, indent=1, ensure_ascii=False, default=_plain) + "\n"

    @classmethod
    def from_json(cls, text: str, place: str = "record.json") -> Record:
        """Return the record; raise DataError naming the place when it is damaged or of a newer schema."""
        try:
            values = json.loads(text)
            if values["schema"] > SCHEMA:
                msg = f"{place}: written by a newer adbench (schema {values['schema']} > {SCHEMA}); update adbench"
                raise DataError(msg)
            values["identity"] = RunIdentity.from_dict(values["identity"])
            canonical_json(values["identity"].as_dict())  # a number that is not finite has no key
            path_name("run", values["key"])
            return cls(**checked(cls, {f.name: values[f.name] for f in dataclasses.fields(cls)}))
        except (ValueError, KeyError, TypeError, RecursionError, UsageError) as error:
            msg = f"{place}: damaged record ({type(error).__name__}: {error}); remove its folder to run again"
            raise DataError(msg) from error


def read_record(folder: Path, name: str = "record.json") -> Record | None:
    """Return the record of a run's folder; None where there is none. Raises DataError for a damaged one."""
    path = folder / name
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: damaged record ({error}); remove its folder to run again"
        raise DataError(msg) from error
    return Record.from_json(text, str(path))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Path, frozenset)):
        return str(value) if isinstance(value, Path) else sorted(value)
    msg = f"{type(value).__name__} cannot be stored in a record"
    raise TypeError(msg)
