"""What cannot be right in published figures, found by rules from the numbers alone; flagged, never removed.

* A ROC curve through (eps_B, eps_S) that never falls has an area of at least eps_S (1 - eps_B) and at most
  1 - eps_B (1 - eps_S). A point outside is impossible; published figures are rounded, so half of the last of two
  digits is allowed for.
* Two models whose figures agree to the last digit for every signal, of all channels or of one, were one model.
* The same signal efficiency at two working points wherever it is not zero: one of them was not measured.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from adbench.published.scores import NUMBERS, POINTS, PublishedScores
from adbench.rankings.table import identical_entries

__all__ = ["flags", "identical_in_part", "impossible", "incomplete", "same_points", "twins"]

ROUNDING = 0.005
_FEWEST = 5  # columns from which equal working points are no chance

Found = dict[str, list[str]]


def flags(scores: PublishedScores) -> dict[str, tuple[str, ...]]:
    """Return for each odd model what is odd about it, in sentences."""
    found: Found = {}
    for model, kept in twins(scores).items():
        found.setdefault(model, []).append(f"all figures are identical with those of {kept}, which is ranked for both")
    for rule in (incomplete, impossible, same_points, identical_in_part):
        for model, texts in rule(scores).items():
            found.setdefault(model, []).extend(texts)
    return {model: tuple(texts) for model, texts in found.items()}


def twins(scores: PublishedScores) -> dict[str, str]:
    """Return the models whose figures are identical everywhere with another's, each with the one that stays."""
    return identical_entries([scores.table(name) for name in NUMBERS], np.ones(len(scores.models), bool))


def incomplete(scores: PublishedScores) -> Found:
    """Return the models without figures of a channel."""
    absent = np.isnan(scores.figure("auc"))
    found: Found = {}
    for i in np.flatnonzero(absent.any(axis=1)):
        channels = dict.fromkeys(scores.columns[j][0] for j in np.flatnonzero(absent[i]))
        found[scores.models[i]] = [
            f"no figures of {'' if _whole(scores, absent[i]) else 'some signals of '}{_named(channels)}"
        ]
    return found


def impossible(scores: PublishedScores) -> Found:
    """Return the models with points that no ROC curve can have beside their AUC."""
    auc = scores.figure("auc")
    broken = np.zeros(auc.shape, bool)
    for name, efficiency in POINTS.items():
        signal = scores.figure(name)
        broken |= auc < signal * (1.0 - efficiency) - ROUNDING
        broken |= auc > 1.0 - efficiency * (1.0 - signal) + ROUNDING
    found: Found = {}
    for i in np.flatnonzero(broken.any(axis=1)):
        where = dict.fromkeys(scores.columns[j][0] for j in np.flatnonzero(broken[i]))
        count = int(broken[i].sum())
        found[scores.models[i]] = [
            f"impossible: no ROC curve has this AUC and these signal efficiencies, for {count} "
            f"signal{'s' * (count > 1)} of {_named(where)}"
        ]
    return found


def same_points(scores: PublishedScores) -> Found:
    """Return the models that have the same signal efficiency at two working points wherever it is not zero."""
    found: Found = {}
    for loose, tight in itertools.pairwise(POINTS):
        first, second = scores.figure(loose), scores.figure(tight)
        seen = first > 0.0
        same = np.all((first == second) | ~seen, axis=1) & (seen.sum(axis=1) >= _FEWEST)
        for i in np.flatnonzero(same):
            text = f"{tight} equals {loose} wherever it is not zero: the tighter one was not measured"
            found.setdefault(scores.models[i], []).append(text)
    return found


def identical_in_part(scores: PublishedScores) -> Found:
    """Return the models whose figures in some channel are identical with another's, but not everywhere."""
    everywhere = twins(scores)
    values = np.stack([scores.figure(name) for name in NUMBERS], axis=2)
    of_channel = np.array([channel for channel, _ in scores.columns], dtype=object)
    shared: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for channel in dict.fromkeys(of_channel):
        for group in _groups(values[:, of_channel == channel]):
            members = [scores.models[i] for i in group if scores.models[i] not in everywhere]
            for model in members:
                others = tuple(other for other in members if other != model)
                if others:
                    shared.setdefault((model, others), []).append(channel)
    found: Found = {}
    for (model, others), channels in shared.items():
        text = f"figures in {_named(channels)} are identical with those of {' and '.join(others)}"
        found.setdefault(model, []).append(text)
    return found


def _groups(values: NDArray[np.float64]) -> Iterable[list[int]]:
    """Return the rows that agree in all values, none of them missing, in groups of two and more."""
    by_content: dict[bytes, list[int]] = {}
    for i in np.flatnonzero(~np.isnan(values).any(axis=(1, 2))):
        by_content.setdefault((values[i] + 0.0).tobytes(), []).append(int(i))
    return [group for group in by_content.values() if len(group) > 1]


def _whole(scores: PublishedScores, absent: NDArray[np.bool_]) -> bool:
    channels = {scores.columns[j][0] for j in np.flatnonzero(absent)}
    return all(absent[j] for j, (channel, _) in enumerate(scores.columns) if channel in channels)


def _named(channels: Iterable[str]) -> str:
    names = list(channels)
    return f"channel{'s' * (len(names) > 1)} {', '.join(names)}"
