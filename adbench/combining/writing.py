"""A combination as an ordinary result: record.json and scores.npz, keyed by its parents' keys and scores."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from adbench.api.errors import UsageError
from adbench.combining.ensemble import SCORE, combined_samples, supervision_of
from adbench.combining.parents import Parent
from adbench.runs.environment import surroundings
from adbench.runs.files import writing
from adbench.runs.key import RunIdentity, canonical_json
from adbench.runs.record import Record
from adbench.runs.scores import write_scores
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["check_name", "identity_of", "store_combination"]

VERSION = 1
"""Of the mapping and the rules; raise it when combined scores change on purpose."""


def identity_of(name: str, rule: str, parents: Sequence[Parent]) -> RunIdentity:
    """Return the identity of a combination; the order of the parents does not matter."""
    first = parents[0].run.record.identity
    return RunIdentity(
        dataset=first.dataset,
        edition=first.edition,
        fingerprint=first.fingerprint,
        split=first.split,
        channel=first.channel,
        detector=name,
        version=VERSION,
        params={"rule": rule, "parents": sorted(parent.name for parent in parents)},
        seed=first.seed,
        max_events=first.max_events,
        parents=tuple(sorted(parent.mark for parent in parents)),
        contamination=first.contamination,
    )


def check_name(stored: Iterable[StoredRun], name: str, rule: str, groups: Sequence[Sequence[Parent]]) -> None:
    """Raise UsageError where this name stands for another rule or other parents on the same data set.

    Args:
        stored: all runs of the results folder.
        name: of the combinations to be made.
        rule: likewise.
        groups: their parents.
    """
    wanted = {canonical_json(identity_of(name, rule, group).params) for group in groups}
    datasets = {group[0].run.record.identity.dataset for group in groups}
    taken = [run.record.identity for run in stored if run.record.identity.detector == name]
    for identity in taken:
        params = identity.params
        if identity.parents and identity.dataset in datasets and canonical_json(params) not in wanted:
            msg = (
                f"'{name}' is the {params['rule']} of {' and '.join(params['parents'])} in these results; choose "
                f"another --name, or remove it: adbench results remove {identity.key} ({len(taken)} runs of that name)"
            )
            raise UsageError(msg)


def store_combination(
    store: ResultsFolder, name: str, rule: str, parents: Sequence[Parent], command: str = ""
) -> tuple[StoredRun, bool]:
    """Compute and store a combination; return it, and whether it was there already.

    Raises:
        DataError: scores of a parent are missing, damaged or of other events.
        UnwritableError: the results folder is full or read-only.
        UsageError: a parent's scores depend on the target, or the name cannot be part of a path.
        UnknownNameError: there is no such rule.
    """
    ordered = sorted(parents, key=lambda parent: parent.mark)
    identity = identity_of(name, rule, ordered)
    known = store.find(identity)
    if known is not None and known.record.status == "ok" and known.has_scores:
        return known, True
    start, started = time.perf_counter(), datetime.now(UTC).isoformat(timespec="milliseconds")
    samples = combined_samples(ordered, rule)
    names = " and ".join(sorted(parent.name for parent in parents))
    notes = [f"{rule} of {names}, from their stored scores; fit time is the sum of theirs"]
    work = store.claim(identity).work
    with writing(store.root):
        sha = write_scores(work / "scores.npz", samples)
        (work / "log.txt").write_text(f"{notes[0]}\n", encoding="utf-8")
    trained = sum(parent.run.record.timings.get("fit", 0.0) for parent in parents)
    record = Record(
        key=identity.key,
        identity=identity,
        status="ok",
        reason="",
        entry=name,
        supervision=supervision_of(parents),
        scores=(SCORE,),
        samples={sample: len(scores) for sample, scores in samples.items()},
        dataset=parents[0].run.record.dataset,
        detector={
            "reference": "arXiv:2105.14027",
            "rule": rule,
            "parents": [
                {
                    "entry": p.name,
                    "key": p.run.record.key,
                    "score": p.score,
                    "scores_sha256": p.run.record.scores_sha256,
                }
                for p in ordered
            ],
            "distribution": "adbench-lhc",
        },
        timings={"fit": trained, "combine": time.perf_counter() - start},
        environment=surroundings("cpu", 1, "combine", command),
        started=started,
        scores_sha256=sha,
        notes=tuple(notes),
    )
    return store.publish(work, record), False
