"""Two results folders become one: folders are copied whole; where both have a run, the better record stays.

The better record is the one that `ResultsFolder.publish` would keep: one with scores before one without, then the
newer. Two runs of one key with different scores are a conflict: the newer stays, and both are named.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from adbench.api.errors import DataError
from adbench.runs.files import aside, becomes, remove, writing
from adbench.runs.heartbeat import PULSE
from adbench.runs.record import Record
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["Merged", "merge"]

_WORK = ".work-"


@dataclass(slots=True)
class Merged:
    """What a merge did.

    Attributes:
        copied: runs that were not there.
        replaced: runs whose record was worse.
        kept: runs that were there already, as good or better.
        conflicts: one sentence for each run with two different sets of scores.
        damaged: one sentence for each record that cannot be read; it was left where it is.
    """

    copied: int = 0
    replaced: int = 0
    kept: int = 0
    conflicts: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def merge(source: ResultsFolder, into: ResultsFolder, done: Merged | None = None) -> Merged:
    """Copy the runs of a results folder into another one.

    Raises:
        UnwritableError: the folder is full or read-only; no half-copied run is left.
    """
    done = done or Merged()
    for path in source.record_files():
        try:
            record = Record.from_json(path.read_text(encoding="utf-8"), str(path))
        except (DataError, OSError, UnicodeDecodeError) as error:
            done.damaged.append(str(error))
            continue
        if path.parent.name != record.key:
            done.damaged.append(f"{path}: key {record.key} is not the name of its folder; adbench results verify")
            continue
        _merge_run(StoredRun(path.parent, record), into, done)
    return done


def _merge_run(run: StoredRun, into: ResultsFolder, done: Merged) -> None:
    try:
        there = into.find(run.record.identity)
    except DataError as error:
        done.damaged.append(str(error))
        return
    if there is None:
        done.copied += 1
        _copy(run, into)
        return
    if _scored(there) and _scored(run) and there.record.scores_sha256 != run.record.scores_sha256:
        winner = max(there, run, key=_goodness)
        done.conflicts.append(
            f"run {run.record.key} ({run.record.entry}, channel {run.record.identity.channel}, seed "
            f"{run.record.identity.seed}) has different scores in {there.folder} and {run.folder}: "
            f"that of {winner.record.started or 'no date'} is kept"
        )
    if _goodness(run) > _goodness(there):
        done.replaced += 1
        _copy(run, into)
    else:
        done.kept += 1


def _scored(run: StoredRun) -> bool:
    """Tell whether a run has scores, or stands for them with a reference's figures."""
    files = ("scores.npz", "metrics.json")
    return run.record.status == "ok" and any((run.folder / name).exists() for name in files)


def _goodness(run: StoredRun) -> tuple[bool, bool, str]:
    whole = run.record.status == "ok" and run.has_scores
    return whole, _scored(run), run.record.started


def _copy(run: StoredRun, into: ResultsFolder) -> None:
    """Copy a run's folder under a name aside, then rename it, so that no reader sees half of it."""
    final: Path = into.folder(run.record.identity)
    with writing(into.root):
        final.parent.mkdir(parents=True, exist_ok=True)
        mine, older = aside(final, _WORK), None
        try:
            shutil.copytree(run.folder, mine, ignore=shutil.ignore_patterns(PULSE, ".*"))
            if final.exists():
                older = aside(final, _WORK)
                final.rename(older)
            if not becomes(mine, final):
                msg = f"{final}: another process stored this run meanwhile; merge again"
                raise DataError(msg)
        finally:
            remove(mine)
        remove(older)
