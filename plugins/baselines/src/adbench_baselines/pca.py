"""Principal components: what the leading ones do not explain, and how far an event lies along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench_baselines.table import State, Table, TableDetector

__all__ = ["PcaDetector", "PcaParams"]


@dataclass(frozen=True, slots=True)
class PcaParams:
    """Defaults are our choice, made before any signal was scored."""

    variance: float = 0.9  # share of the training variance that the kept components explain

    def __post_init__(self) -> None:
        if not 0 < self.variance < 1:
            msg = "0 < variance < 1 is needed"
            raise ValueError(msg)


class PcaDetector(TableDetector):
    """Scores: ``reconstruction``, squared distance to the kept subspace; ``mahalanobis``, squared, inside it.

    Source: Shyu et al., ICDM Foundations and New Directions of Data Mining (2003).
    """

    Params = PcaParams

    def learn(self, x: Table) -> State:
        """Find the components."""
        from sklearn.decomposition import PCA

        pca = PCA(self.params.variance, svd_solver="full").fit(x)
        return {"centre": pca.mean_, "components": pca.components_, "variances": pca.explained_variance_}

    def scores(self, x: Table, state: State) -> dict[str, NDArray[np.float64]]:
        """Return both scores."""
        centred = x - state["centre"]
        along = centred @ state["components"].T
        rest = centred - along @ state["components"]
        return {
            "reconstruction": (rest**2).sum(axis=1),
            "mahalanobis": (along**2 / state["variances"]).sum(axis=1),
        }
