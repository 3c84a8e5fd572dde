"""k nearest neighbours: far from background is anomalous (Ramaswamy, Rastogi, Shim, SIGMOD 2000)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench_baselines.table import State, Table, TableDetector

__all__ = ["NeighboursDetector", "NeighboursParams"]


@dataclass(frozen=True, slots=True)
class NeighboursParams:
    """Defaults are our choice, made before any signal was scored."""

    neighbours: int = 5  # which neighbour's distance is the score
    max_train: int = 20_000  # background events kept, drawn at random where there are more

    def __post_init__(self) -> None:
        if not 1 <= self.neighbours <= self.max_train:
            msg = "1 <= neighbours <= max_train is needed"
            raise ValueError(msg)


class NeighboursDetector(TableDetector):
    """Euclidean distance to the k-th nearest training event in standardised columns."""

    Params = NeighboursParams

    def learn(self, x: Table) -> State:
        """Keep the background events."""
        if len(x) > self.params.max_train:
            x = x[self.context.rng("kept").choice(len(x), self.params.max_train, replace=False)]
        return {"kept": x}

    def scores(self, x: Table, state: State) -> dict[str, NDArray[np.float64]]:
        """Return the distance."""
        from sklearn.neighbors import NearestNeighbors

        kept = state["kept"]
        index = NearestNeighbors(n_neighbors=min(self.params.neighbours, len(kept)), algorithm="brute").fit(kept)
        return {"distance": index.kneighbors(x)[0][:, -1]}
