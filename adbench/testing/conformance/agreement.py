"""Whether two sets of scores are the same, within what arithmetic in another order may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.runs.company import differences
from adbench.testing.conformance.outcome import Fault

__all__ = ["TOLERANCE", "Scores", "must_agree"]

Scores = Mapping[str, NDArray[Any]]

TOLERANCE = 1e-5
"""Largest allowed difference of two scores that should be the same, relative to the score or to the scores' spread."""


def must_agree(expected: Scores, seen: Scores, when: str, fix: str) -> None:
    """Raise Fault unless two sets of scores agree within `TOLERANCE`."""
    for name, values in expected.items():
        a, b = np.asarray(values, np.float64), np.asarray(seen[name], np.float64)
        off = differences(a, b)
        worst = int(np.argmax(off))
        if off[worst] > TOLERANCE:
            reason = f"score '{name}' of an event is {a[worst]:.7g}, but {b[worst]:.7g} {when} ({off[worst]:.1g} apart)"
            raise Fault(reason, fix)
