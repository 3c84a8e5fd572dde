"""Out-of-fold scores: K models, each scores what it did not learn from, made comparable.

Scores of different models have different scales. Each is mapped to the quantile among the background that the
same model scored, which leaves the order within a fold as it is. Signals are dealt to the folds, one model
each, as background is: an average over models would flatter the signal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.metrics.quantile import background_quantile
from adbench.runs.scores import SampleScores

__all__ = ["fold_of", "merge_folds"]


def fold_of(sources: NDArray[np.int64], folds: int) -> NDArray[np.int16]:
    """Return int16 (n,): the fold that scores each signal event; copies of one source stay together."""
    with np.errstate(over="ignore"):
        x = np.asarray(sources).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray((x >> np.uint64(33)) % np.uint64(folds), np.int16)


def merge_folds(parts: Sequence[Mapping[str, SampleScores]]) -> dict[str, SampleScores]:
    """Return one set of samples from those of the folds, each score as a background quantile of its fold.

    Validation background is left out: a fold's validation events are another fold's test events.
    """
    merged = {}
    for sample in parts[0]:
        if sample == "validation":
            continue
        mapped = [_as_quantiles(part, sample, index) for index, part in enumerate(parts)]
        merged[sample] = SampleScores(
            {name: np.concatenate([m.scores[name] for m in mapped]) for name in mapped[0].scores},
            np.concatenate([m.weights for m in mapped]),
            np.concatenate([m.rows for m in mapped]),
            np.concatenate([m.sources for m in mapped]),
            np.concatenate([np.full(len(m), index, np.int16) for index, m in enumerate(mapped)]),
            _joined([part[sample].log_prob for part in parts]),
            _joined([part[sample].event_ids for part in parts]),
        )
    return merged


def _joined(parts: Sequence[NDArray[Any] | None]) -> NDArray[Any] | None:
    """Return what needs no mapping (log densities have the same units for every model); None where there is none."""
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None


def _as_quantiles(part: Mapping[str, SampleScores], sample: str, index: int) -> SampleScores:
    target = sample.split("/")[1] if "/" in sample else ""
    background = part.get(f"target/{target}/background", part["background"])
    here = part[sample]
    scores = {
        name: background_quantile(values, background.scores[name], background.weights)
        for name, values in here.scores.items()
    }
    return SampleScores(scores, here.weights, here.rows, here.sources)
