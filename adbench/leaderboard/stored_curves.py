"""ROC curves of reference results, which have no scores to draw them from: ``curves.json`` beside ``metrics.json``.

A curve is 41 shares of signal, in units of 1e-4, at the background efficiencies of `adbench.leaderboard.curves.GRID`:
some 200 bytes for each signal. Only the score of the entry has curves.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from adbench.api.metric import Estimate
from adbench.leaderboard.curves import GRID, Curves, Floats, curve_key, curves_of
from adbench.leaderboard.reference import EXPORT_AGAIN, halves_of, read_beside
from adbench.runs.record import Record
from adbench.runs.store import StoredRun

__all__ = ["CURVES_FILE", "contradictions", "curves_as_text", "curves_to_keep", "read_curves", "wrong_curves"]

CURVES_FILE = "curves.json"
SCHEMA = 1

_UNIT = 10_000
_CLOSE = 0.6 / _UNIT  # half a unit, and rounding


def curves_to_keep(run: StoredRun) -> Curves:
    """Return the curves of the entry's score, on whole signals and on the halves nobody learns from.

    Raises:
        DataError: the scores are missing or damaged.
        ScoreError: they are not one finite number per event.
    """
    kept: dict[str, Floats] = {}
    smallest = 0.0
    for halves in halves_of(run.record):
        found, smallest = curves_of(run, run.record.scores[0], halves=halves)
        kept |= {curve_key(run.record, signal, halves=halves): curve for signal, curve in found.items()}
    return Curves(kept, smallest)


def curves_as_text(record: Record, curves: Curves) -> str:
    """Return the content of ``curves.json``: one line per curve, sorted."""
    lines = [
        f"  {json.dumps(key, ensure_ascii=False)}: "
        f"{json.dumps([None if math.isnan(x) else round(float(x) * _UNIT) for x in curve], separators=(',', ':'))}"
        for key, curve in sorted(curves.by_signal.items())
    ]
    head = {"schema": SCHEMA, "key": record.key, "scores_sha256": record.scores_sha256, "smallest": curves.smallest}
    body = ",\n".join(lines)
    return f'{json.dumps(head, indent=1)[:-2]},\n "curves": {{\n{body}\n }}\n}}\n'


def read_curves(run: StoredRun) -> Curves | None:
    """Return the curves that stand beside a reference result, by `curve_key`; None where there are none.

    Raises:
        DataError: the file is damaged, of a newer version or of other scores than the record's.
    """

    def curves(stored: Any) -> Curves:
        found = {
            str(key): np.array([math.nan if x is None else x / _UNIT for x in shares], np.float64)
            for key, shares in stored["curves"].items()
        }
        if any(curve.shape != GRID.shape for curve in found.values()):
            msg = f"a curve has not {len(GRID)} points"
            raise ValueError(msg)
        return Curves(found, float(stored["smallest"]))

    return read_beside(run, CURVES_FILE, SCHEMA, curves)


def contradictions(path: Path, stored: Curves, figures: Mapping[str, Estimate], score: str) -> Iterator[str]:
    """Yield what no curve can be, or what is not as the figures say.

    Args:
        path: of the file, for the sentences.
        stored: its curves.
        figures: those of ``metrics.json``, by `estimate_key`; efficiencies among them have to lie on the curves, and
            areas between those of the stairs below and above them.
        score: name of the entry's score.
    """
    for key, curve in sorted(stored.by_signal.items()):
        known = curve[~np.isnan(curve)]
        if (known < 0).any() or (known > 1).any() or (np.diff(known) < 0).any():
            yield f"{path}: impossible curve {key}: efficiencies fall or leave 0 to 1; {EXPORT_AGAIN}"
    for name, figure in sorted(figures.items()):
        of, signal, half, metric, _ = name.split("|")
        one = stored.by_signal.get(f"{signal}|{half}")
        if of != score or one is None or math.isnan(figure.value):
            continue
        if metric == "auc":
            least, most = _areas(one)
            if not least - _CLOSE <= figure.value <= most + _CLOSE:
                apart = f"allows an AUC of {least:.4f} to {most:.4f} where {name} is {figure.value:g}"
                yield f"{path}: curve {signal}|{half} {apart}; {EXPORT_AGAIN}"
        if not metric.startswith("eps_s@"):
            continue
        at = np.isclose(GRID, float(metric.removeprefix("eps_s@")), rtol=1e-9, atol=0)
        for efficiency in one[at]:  # none where the working point is between those of the curve
            if not abs(efficiency - figure.value) <= _CLOSE:
                apart = f"has {efficiency:g} where {name} is {figure.value:g}"
                yield f"{path}: curve {signal}|{half} {apart}; {EXPORT_AGAIN}"


def _areas(curve: Floats) -> tuple[float, float]:
    """Return the least and the largest area under a curve that rises from 0 to 1 through the points of `GRID`."""
    steps = np.diff(GRID, prepend=0.0)
    known = np.append(curve[:-1], 1.0)  # the last point is (1, 1)
    below = np.concatenate([[0.0], known[:-1]])
    return float(np.nan_to_num(below) @ steps), float(np.nan_to_num(known, nan=1.0) @ steps)


def wrong_curves(path: Path, stored: Curves, of_scores: Curves) -> Iterator[str]:
    """Yield a sentence where stored curves, or how far down they are measured, are not those of the scores."""
    apart = [
        key
        for key, curve in of_scores.by_signal.items()
        if key not in stored.by_signal or not np.allclose(stored.by_signal[key], curve, atol=_CLOSE, equal_nan=True)
    ]
    if apart:
        yield f"{path}: {len(apart)} curves are not those of the scores, such as {min(apart)}; {EXPORT_AGAIN}"
    if not math.isclose(stored.smallest, of_scores.smallest):
        measured = f"measured from {stored.smallest:g} of background, the scores say {of_scores.smallest:g}"
        yield f"{path}: {measured}; {EXPORT_AGAIN}"
