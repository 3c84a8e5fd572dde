"""What an estimate says about itself when it is special."""

from __future__ import annotations

import math

from adbench.api.metric import Estimate, Scored
from adbench.metrics.sample import Ordered
from adbench.metrics.working_point import expected_background

__all__ = ["joined", "nothing_to_measure", "special_scores", "unmeasured"]


def nothing_to_measure(background: Scored) -> Estimate:
    """Return the estimate of a pair of which one sample has no events."""
    role = "signal" if len(background) else "background"
    return Estimate(math.nan, math.nan, math.nan, f"unmeasured: no {role} events", measured=False)


def special_scores(background: Ordered, signal: Ordered) -> str:
    """Return a note when every event has the same score, and an empty text otherwise."""
    ends = {float(sample.scores[i]) for sample in (background, signal) for i in (0, -1)}
    return "all scores equal" if len(ends) == 1 else ""


def unmeasured(background: Ordered, efficiency: float) -> str:
    """Return the note of a working point above whose threshold too few background events are expected.

    Events are called independent where copies of one generated event count once; with folds each has its own threshold.

    Example:
        >>> from adbench.metrics.sample import ordered
        >>> unmeasured(ordered(Scored.of([0.1, 0.2, 0.3, 0.4]), "background"), 0.25)
        'unmeasured: 1 background event expected'
        >>> copies = Scored.of([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], sources=[0, 0, 1, 1, 2, 2], folds=[0, 0, 1, 1, 2, 2])
        >>> unmeasured(ordered(copies, "background"), 0.2)
        'unmeasured: 0.2 independent background events expected in each of 3 folds'
    """
    number = f"{expected_background(background, efficiency):.2g}"
    independent = "" if background.sources is None else "independent "
    folds = f" in each of {background.folds} folds" if background.folds > 1 else ""
    return f"unmeasured: {number} {independent}background event{'' if number == '1' else 's'} expected{folds}"


def joined(*notes: str) -> str:
    """Return the notes that say something, as one text."""
    return "; ".join(note for note in notes if note)
