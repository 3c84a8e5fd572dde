"""From the stored scores of a run to its figures: every chosen metric on every signal, with its interval.

Semi-supervised and supervised detectors learn from half of each signal, and their stored signal scores are those of
the other half. Where such an entry shares a board with unsupervised ones, these are measured on that half too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from adbench.api.dataset import prior_half
from adbench.api.errors import PluginError
from adbench.api.metric import Estimate, Metric, Scored
from adbench.data.read_only import read_only, wrote_to_read_only
from adbench.leaderboard.cache import EstimateCache
from adbench.leaderboard.reference import estimate_key, half_name, read_reference, signals_of
from adbench.runs.store import StoredRun

__all__ = ["measure_run", "samples_of"]


def measure_run(
    run: StoredRun,
    score: str,
    metrics: Sequence[Metric],
    *,
    halves: bool = False,
    cache: EstimateCache | None = None,
) -> dict[str, dict[str, Estimate]]:
    """Return the estimates of one score of a run, by signal and name of the metric.

    Args:
        run: a run with scores.
        score: which of its scores.
        metrics: what to measure.
        halves: measure a run that learnt from no signal on the halves of the signals that no detector may learn from.
        cache: where the estimates of earlier calls are kept.

    Raises:
        DataError: the scores are missing or damaged.
        ScoreError: they are not one finite number per event.
        PluginError: a metric writes to the scores that it is given.
    """
    cache = cache or EstimateCache()
    known = cache.read(run.record.scores_sha256)
    reference = None if run.has_scores else read_reference(run)
    if reference is None:
        with run.scores() as file:
            signals = file.signals
    else:
        known, signals = reference, signals_of(run.record)
    keys = {
        (signal, metric.name): estimate_key(score, signal, half_name(run.record, signal, halves=halves), metric)
        for signal in signals
        for metric in metrics
    }
    if reference is not None:
        absent = Estimate(math.nan, math.nan, math.nan, "not among the reference figures", measured=False)
        known = dict.fromkeys(keys.values(), absent) | known
    unknown = {signal for (signal, _), key in keys.items() if key not in known}
    if unknown:
        for signal, background, events in samples_of(run, score, halves=halves, signals=unknown):
            known |= {keys[signal, metric.name]: _estimate(metric, background, events) for metric in metrics}
        cache.write(run.record.scores_sha256, known)
    found: dict[str, dict[str, Estimate]] = {}
    for (signal, metric), key in keys.items():
        found.setdefault(signal, {})[metric] = known[key]
    return found


def samples_of(
    run: StoredRun, score: str, *, halves: bool = False, signals: set[str] | None = None
) -> Iterator[tuple[str, Scored, Scored]]:
    """Yield each signal's name, the test background to measure it against, and its measured events.

    Their arrays are read-only: every metric gets the same ones, so one that wrote to them would change the figures of
    the others.

    Args:
        run: a run with scores.
        score: which of its scores.
        halves: cut the signals of a run that learnt from none down to the halves that no detector may learn from.
        signals: which signals; None = all.
    """
    with run.scores() as file:
        last, background = "", None
        for signal in file.signals:
            if signals is not None and signal not in signals:
                continue
            name = file.background_for(signal)
            if background is None or name != last:
                last, background = name, _read_only(file.sample(name, score))
            events = file.sample(f"signal/{signal}", score)
            if half_name(run.record, signal, halves=halves) == "half":
                events = _rows(events, ~prior_half(_sources(events)))
            yield signal, background, _read_only(events)


def _estimate(metric: Metric, background: Scored, signal: Scored) -> Estimate:
    if "log_prob" in metric.inputs and background.log_prob is None:
        return Estimate(math.nan, math.nan, math.nan, "the detector has no density", measured=False)
    try:
        return metric(background, signal if "signal" in metric.inputs else None)
    except ValueError as error:
        if not wrote_to_read_only(error):
            raise
        msg = f"metric '{metric.name}' writes to its input ({error}); copy first, as in background.scores.copy()"
        raise PluginError(msg) from error


def _read_only(sample: Scored) -> Scored:
    arrays = {field.name: getattr(sample, field.name) for field in fields(sample)}
    return replace(sample, **{name: read_only(array) for name, array in arrays.items() if array is not None})


def _sources(sample: Scored) -> NDArray[np.int64]:
    return np.arange(len(sample)) if sample.sources is None else sample.sources


def _rows(sample: Scored, chosen: NDArray[np.bool_]) -> Scored:
    arrays = (sample.sources, sample.folds, sample.log_prob)
    sources, folds, log_prob = (None if array is None else array[chosen] for array in arrays)
    return Scored(sample.scores[chosen], sample.weights[chosen], sources, folds, log_prob)  # type: ignore[arg-type]
