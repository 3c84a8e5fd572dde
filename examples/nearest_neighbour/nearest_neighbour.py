"""A whole detector in one file: how far is an event from the background events that it resembles most?

Install it beside adbench and it appears in `adbench list detectors`:

    pip install --no-deps -e examples/nearest_neighbour
    adbench run --detector nearest_neighbour --detector met --channel 1
    adbench leaderboard --channel 1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, DetectorSpec, Events, hookimpl, training_rows


@dataclass(frozen=True, slots=True)
class NearestNeighbourParams:
    """What `adbench show nearest_neighbour` prints and `adbench run --set neighbours=10` changes."""

    neighbours: int = 5  # which neighbour's distance is the score; a paper's detector names its table here
    max_training_events: int = 4000  # remembered, drawn at random where there are more: scoring looks at each of them

    def __post_init__(self) -> None:
        if not 1 <= self.neighbours <= self.max_training_events:
            msg = "neighbours must be at least 1, and at most max_training_events"
            raise ValueError(msg)


class NearestNeighbour(Detector):
    """Distance to the k-th nearest background event, in units of each column's spread."""

    Params = NearestNeighbourParams

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Remember the background events, scaled with their own mean and spread."""
        from sklearn.neighbors import NearestNeighbors  # here, so that listing detectors stays fast

        if len(train) < self.params.neighbours:
            msg = f"nearest_neighbour needs {self.params.neighbours} training events or more; it got {len(train)}"
            raise DetectorError(msg)
        train = train[training_rows(train, self.params.max_training_events, self.context)]
        table = train.tabular()  # float32 (n, n_columns); train.tabular.names says what they are, in which unit
        self.mean, self.spread = table.mean(axis=0), table.std(axis=0)
        self.spread[self.spread == 0] = 1.0
        # A tree measures each distance by itself. Brute force would use matrix products, whose rounding depends
        # on the size of the batch, and the score of an event must not depend on the other events of the call.
        self.neighbours = NearestNeighbors(n_neighbors=self.params.neighbours, algorithm="kd_tree")
        self.neighbours.fit(self._scaled(train))

    def score(self, events: Events) -> NDArray[np.float64]:
        """Return float64 (n,): larger means more anomalous."""
        distances, _ = self.neighbours.kneighbors(self._scaled(events))
        return np.asarray(distances[:, -1], np.float64)

    def _scaled(self, events: Events) -> NDArray[np.float32]:
        return np.asarray((events.tabular() - self.mean) / self.spread, np.float32)


@hookimpl
def adbench_detectors() -> list[DetectorSpec]:
    """Tell adbench what this file offers."""
    return [
        DetectorSpec(
            name="nearest_neighbour",
            target="nearest_neighbour:NearestNeighbour",
            summary="distance to the k-th nearest background event",
            reference="an example; cite the paper here",
            requires=("scikit-learn>=1.4",),
        )
    ]
