"""Stored results are checked against themselves: names, keys, hashes, row ids, figures.

Every finding names the place, what is wrong and the command that mends it. Nothing is trusted that can be recomputed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from adbench.api.errors import DataError, ScoreError, UnknownNameError, UsageError
from adbench.api.metric import Estimate
from adbench.leaderboard.cache import EstimateCache
from adbench.leaderboard.curves import Curves
from adbench.leaderboard.exporting import figures_of
from adbench.leaderboard.record_checks import AGAIN, wrong_records
from adbench.leaderboard.reference import METRICS_FILE, read_reference, signals_of
from adbench.leaderboard.stored import readable_runs
from adbench.leaderboard.stored_curves import CURVES_FILE, contradictions, curves_to_keep, read_curves, wrong_curves
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder, StoredRun
from adbench.runs.training import read_training

__all__ = ["Verified", "verify"]

_CLOSE = 1e-9


class Verified(NamedTuple):
    """What was checked.

    Attributes:
        runs: the runs.
        findings: one sentence for each thing that is wrong.
        compared: how many of the runs were compared with scores elsewhere.
    """

    runs: list[StoredRun]
    findings: list[str]
    compared: int


def verify(store: ResultsFolder, scores: ResultsFolder | None = None) -> Verified:
    """Return the runs that were checked and what is wrong.

    Args:
        store: a results folder, or a folder of reference results, which has figures in place of scores.
        scores: where scores behind reference results are, to recompute their figures; None leaves that out. Runs whose
            scores are not there are checked without them: others may have contributed them.
    """
    runs, damaged = readable_runs(store)
    findings = [text.removeprefix("left out: ") for text in damaged]
    rows: dict[tuple[object, ...], tuple[str, str]] = {}
    compared = 0
    for run in runs:
        try:
            findings += wrong_records(store, run)
            read_training(run.folder)
            if run.record.status == "ok":
                behind = None if scores is None else scores.find(run.record.identity)
                behind = None if behind is None or not behind.has_scores else behind
                findings += _wrong_scores(run, rows, store, behind)
                compared += behind is not None
        except (DataError, ScoreError) as error:
            text = str(error)
            findings.append(text if str(run.folder) in text else f"{run.folder}: {text}; {AGAIN}")
    if scores is not None and not compared:
        findings.append(f"{scores.root}: scores of none of these runs; name the folder that they were run in")
    return Verified(runs, findings, compared)


def _wrong_scores(
    run: StoredRun,
    rows: dict[tuple[object, ...], tuple[str, str]],
    store: ResultsFolder,
    behind: StoredRun | None,
) -> Iterator[str]:
    path, metrics = run.folder / "scores.npz", run.folder / METRICS_FILE
    reference = read_reference(run)
    if path.exists():
        yield from _wrong_file(run, path)
        yield from _wrong_rows(run, rows)
        figures = figures_of(run)  # read anew: it fails where the scores are no numbers
        stored = reference or EstimateCache(store.root / ".cache").read(run.record.scores_sha256)
        place = metrics if reference else store.root / ".cache"
        yield from _different(place, stored, figures)
    elif reference is None:
        yield f"{run.folder}: neither scores.npz nor {METRICS_FILE}; {AGAIN}"
    else:
        yield from _impossible(metrics, reference)
        missing = [s for s in signals_of(run.record) if not any(key.split("|")[1] == s for key in reference)]
        if missing:
            yield f"{metrics}: no figures of {', '.join(missing)}; adbench results export-reference"
        curves = read_curves(run)
        if curves is not None:
            yield from contradictions(run.folder / CURVES_FILE, curves, reference, run.record.scores[0])
        if behind is not None:
            yield from _against(run, reference, curves, behind)


def _against(run: StoredRun, reference: dict[str, Estimate], curves: Curves | None, other: StoredRun) -> Iterator[str]:
    if other.record.scores_sha256 != run.record.scores_sha256:
        yield (
            f"{run.folder / 'record.json'}: scores have hash {run.record.scores_sha256[:16]}, those in {other.folder} "
            f"{other.record.scores_sha256[:16]}; adbench results export-reference"
        )
    else:
        yield from _different(run.folder / METRICS_FILE, reference, figures_of(other))
        if curves is not None:
            yield from wrong_curves(run.folder / CURVES_FILE, curves, curves_to_keep(other))


def _wrong_file(run: StoredRun, path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != run.record.scores_sha256:
        yield f"{path}: SHA-256 is {found[:16]}..., its record says {run.record.scores_sha256[:16]}...; {AGAIN}"


def _wrong_rows(run: StoredRun, rows: dict[tuple[object, ...], tuple[str, str]]) -> Iterator[str]:
    """Yield samples of another length than recorded, and row ids that another run on the same events does not have."""
    identity, path = run.record.identity, run.folder / "scores.npz"
    events = (identity.dataset, identity.fingerprint, identity.split, identity.channel, identity.max_events)
    with run.scores() as file:
        recorded = run.record.samples
        if recorded and set(file.samples) != set(recorded):
            odd = sorted(set(file.samples) ^ set(recorded))
            yield f"{path}: its samples are not those of the record: {', '.join(odd)}; {AGAIN}"
        for sample in file.samples:
            ids = file.rows(sample)
            if sample in recorded and len(ids) != recorded[sample]:
                yield f"{path}: {sample} has {len(ids)} events, its record says {recorded[sample]}; {AGAIN}"
            if len(ids) and int(ids.min()) < 0:
                yield f"{path}: {sample} has negative row ids; {AGAIN}"
            cut = sample.startswith("signal/") and run.record.halved(sample.removeprefix("signal/"))
            digest = hashlib.sha256(np.ascontiguousarray(np.sort(ids)).tobytes()).hexdigest()
            first = rows.setdefault((*events, sample, cut), (digest, run.record.key))
            if first[0] != digest:
                yield f"{path}: {sample} has other events (row ids) than run {first[1]} on the same data; {AGAIN}"


def _different(place: Path, stored: dict[str, Estimate], figures: dict[str, Estimate]) -> Iterator[str]:
    wrong = [key for key, value in stored.items() if key in figures and not _same(value, figures[key])]
    if wrong:
        example = min(wrong)
        yield (
            f"{place}: {len(wrong)} figures are not those of the scores, such as {example}: {stored[example].value:g} "
            f"stored, {figures[example].value:g} recomputed; remove it, or adbench results export-reference"
        )


def _same(a: Estimate, b: Estimate) -> bool:
    pairs = zip((a.value, a.low, a.high), (b.value, b.low, b.high), strict=True)
    return a.measured == b.measured and all(_close(x, y) for x, y in pairs)


def _close(x: float, y: float) -> bool:
    return math.isclose(x, y, rel_tol=_CLOSE, abs_tol=1e-12) or (math.isnan(x) and math.isnan(y))


def _impossible(place: Path, figures: dict[str, Estimate]) -> Iterator[str]:
    """Yield figures that no scores can have, from the figures alone."""
    for key, one in sorted(figures.items()):
        least, most = _limits(key.split("|")[3])
        values = [x for x in (one.low, one.value, one.high) if not math.isnan(x)]
        if values != sorted(values) or any(not least <= x <= most for x in values):
            yield f"{place}: impossible figure {key}: {one.value:g} [{one.low:g}, {one.high:g}]; measure it again"


def _limits(metric: str) -> tuple[float, float]:
    """Return the least and the largest value of a metric; one whose plugin is not here may have any."""
    try:
        limits: tuple[float, float] = catalogue().metric(metric).limits
    except (UnknownNameError, UsageError):
        return -math.inf, math.inf
    return limits
