"""The scores of a combination, computed from those that its parents stored."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import prior_half
from adbench.api.errors import DataError, MissingError, UsageError
from adbench.api.metric import Scored
from adbench.combining.parents import Parent
from adbench.combining.rules import combine
from adbench.combining.tail import Survival, fit_survival
from adbench.runs.scores import SampleScores, ScoreFile

__all__ = ["SCORE", "combined_samples", "supervision_of"]

Floats = NDArray[np.float64]

SCORE = "combined"
"""Name of the only score of a combination."""

_CLASSES = ("unsupervised", "semi-supervised", "supervised")


def supervision_of(parents: Sequence[Parent]) -> str:
    """Return the class of a combination: that of the parent that was told most."""
    return max((parent.run.record.supervision for parent in parents), key=_CLASSES.index)


def combined_samples(parents: Sequence[Parent], rule: str) -> dict[str, SampleScores]:
    """Return the scores of the combination, by sample.

    Each parent's scores become background survival probabilities: by its validation background and a fitted tail.
    Where a parent learnt from half of each signal, all are combined on the other half.

    Args:
        parents: runs on the same events with the same seed.
        rule: a name of `adbench.combining.rules.RULES`.

    Raises:
        UsageError: a parent's scores depend on the target, for which no validation background was scored; or they
            are of k-folds: quantiles among test background.
        MissingError: a parent has no scores.
        DataError: scores are damaged or of other events than those of the first parent.
    """
    for parent in parents:
        if not parent.run.has_scores:
            identity = parent.run.record.identity
            msg = (
                f"{parent.name} has no scores in channel {identity.channel}: reference results keep figures alone. "
                f"Run it: adbench run -d {identity.detector} -c {identity.channel}"
            )
            raise MissingError(msg)
    with ExitStack() as stack:
        files = [stack.enter_context(parent.run.scores()) for parent in parents]
        for parent, file in zip(parents, files, strict=True):
            _refuse_targets(parent, file)
        maps = [_survival(parent, file) for parent, file in zip(parents, files, strict=True)]
        shared = [name for name in files[0].samples if all(name in file.samples for file in files)]
        lost = sorted({name for file in files for name in file.samples if name not in shared})
        if lost:
            msg = f"{lost[0]} was not scored by all of {', '.join(p.name for p in parents)}; run them again"
            raise DataError(msg)
        return {name: _combined(name, parents, files, maps, rule) for name in shared}


def _refuse_targets(parent: Parent, file: ScoreFile) -> None:
    own = [name for name in file.samples if name.startswith("target/")]
    if own:
        msg = (
            f"{parent.name} has other background scores for each target signal ({own[0]}), and no validation "
            "background was scored for them; combine detectors whose scores do not depend on the target"
        )
        raise UsageError(msg)


def _survival(parent: Parent, file: ScoreFile) -> Survival:
    """Return the map from validation background; k-folds have none, and are quantiles among test background."""
    if "validation" in file.samples:
        validation = file.sample("validation", parent.score)
        try:
            return fit_survival(validation.scores, validation.weights)
        except DataError as error:
            msg = f"{parent.run.folder / 'scores.npz'}: {error}; take a larger edition or a split with more validation"
            raise DataError(msg) from error
    if file.sample("background", parent.score).folds is not None:
        msg = (
            f"{parent.name} was run with k-folds (run {parent.run.record.key}): its scores are quantiles among test "
            "background, and combinations map scores by validation background alone. Run the parents on another split; "
            f"adbench datasets info {parent.run.record.identity.dataset} names them"
        )
        raise UsageError(msg)
    msg = f"{parent.run.folder / 'scores.npz'}: no validation background to map scores with; run it again"
    raise DataError(msg)


def _combined(
    name: str, parents: Sequence[Parent], files: Sequence[ScoreFile], maps: Sequence[Survival], rule: str
) -> SampleScores:
    signal = name.removeprefix("signal/")
    halves = name != signal and any(parent.run.record.halved(signal) for parent in parents)
    columns, first_rows, first = [], None, None
    for parent, file, mapping in zip(parents, files, maps, strict=True):
        sample, rows = file.sample(name, parent.score), file.rows(name)
        log_p = mapping(sample.scores)
        sources = rows if sample.sources is None else sample.sources
        folds = sample.folds
        if halves and not parent.run.record.halved(signal):
            kept = ~prior_half(sources)
            log_p, rows, sources = log_p[kept], rows[kept], sources[kept]
            folds = None if folds is None else folds[kept]
            sample = Scored(sample.scores[kept], sample.weights[kept])
        if first is None or first_rows is None:
            first_rows, first = rows, (sample.weights, sources, folds)
        elif not np.array_equal(rows, first_rows):
            msg = (
                f"{parents[0].run.record.key} and {parent.run.record.key} scored other events of {name} (row ids "
                "differ); run both again"
            )
            raise DataError(msg)
        columns.append(log_p)
    assert first is not None
    assert first_rows is not None
    weights, ids, dealt = first
    handed_in_by = None if halves else files[0].event_ids(name)
    return SampleScores(
        {SCORE: combine(rule, columns)}, weights.astype(np.float32), first_rows, ids, dealt, event_ids=handed_in_by
    )
