"""A score without information: what every detector has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, Events, RunContext

__all__ = ["RandomScore"]


class RandomScore(Detector):
    """A number in (0, 1) from a keyed hash of the event's content; the seed is the key. Mean AUC 0.5."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Learn nothing."""

    def score(self, events: Events) -> NDArray[np.float64]:
        """Return float64 (n,)."""
        return self.context.uniform(events, 1, "random score")[:, 0]

    def save(self, folder: Path) -> None:
        """Write nothing: there is no fitted state."""

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the score of the context's seed."""
        return cls(params, context)
