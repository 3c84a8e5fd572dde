"""Whether the score of an event depends on which others are scored with it: then it is no function of the event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.detector import Detector
from adbench.api.events import Events

__all__ = ["TOLERANCE", "company_notes", "differences"]

TOLERANCE = 1e-4
"""Of scores that should be the same: float32 sums in another order differ by 1e-5 at most."""

_FEW = 32


def differences(first: Any, second: Any) -> NDArray[np.float64]:
    """Return how far two sets of scores are apart, float64 (n,), in parts of the score or of its spread.

    Args:
        first: (n,), scores; their standard deviation is the least scale.
        second: (n,), scores of the same events.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    scale = np.maximum(np.maximum(np.abs(a), np.abs(b)), max(float(a.std()), 1e-300))
    return np.asarray(np.abs(a - b) / scale, np.float64)


def company_notes(detector: Detector, name: str, events: Events, scores: Mapping[str, NDArray[Any]]) -> list[str]:
    """Return a note for each score that changes when the first few events are scored without the others.

    Args:
        detector: a fitted one.
        name: of it, for the note.
        events: as it saw them, more than a few.
        scores: what it gave to them, (n,) by name.
    """
    if len(events) <= 2 * _FEW:
        return []
    returned = detector.score(events[:_FEW])
    alone = returned if isinstance(returned, Mapping) else {next(iter(scores)): returned}
    notes = []
    for score, values in scores.items():
        worst = float(differences(values[:_FEW], alone[score]).max())
        if worst > TOLERANCE:
            notes.append(
                f"score '{score}' of an event depends on the events that are scored with it, by {worst:.1g} of itself "
                f"when {_FEW} are scored alone: its figures are those of one grouping; see adbench check {name}"
            )
    return notes
