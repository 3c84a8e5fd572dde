"""What an estimate says about itself when it is special."""

from __future__ import annotations

import math

from adbench.api.metric import Estimate, Scored
from adbench.metrics.sample import Ordered

__all__ = ["joined", "nothing_to_measure", "special_scores", "unmeasured"]


def nothing_to_measure(background: Scored) -> Estimate:
    """Return the estimate of a pair of which one sample has no events."""
    role = "signal" if len(background) else "background"
    return Estimate(math.nan, math.nan, math.nan, f"unmeasured: no {role} events", measured=False)


def special_scores(background: Ordered, signal: Ordered) -> str:
    """Return a note when every event has the same score, and an empty text otherwise."""
    ends = {float(sample.scores[i]) for sample in (background, signal) for i in (0, -1)}
    return "all scores equal" if len(ends) == 1 else ""


def unmeasured(expected: float) -> str:
    """Return the note of a working point above whose threshold too few background events are expected.

    Example:
        >>> unmeasured(2.5), unmeasured(1.0)
        ('unmeasured: 2.5 background events expected', 'unmeasured: 1 background event expected')
    """
    number = f"{expected:.2g}"
    return f"unmeasured: {number} background event{'' if number == '1' else 's'} expected"


def joined(*notes: str) -> str:
    """Return the notes that say something, as one text."""
    return "; ".join(note for note in notes if note)
