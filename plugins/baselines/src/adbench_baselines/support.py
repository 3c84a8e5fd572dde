"""One-class support vector machine: a smooth boundary round background (Schölkopf et al., Neural Comp. 13, 2001)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench_baselines.table import State, Table, TableDetector

__all__ = ["SupportVectorDetector", "SupportVectorParams"]


@dataclass(frozen=True, slots=True)
class SupportVectorParams:
    """Defaults are our choice, made before any signal was scored."""

    nu: float = 0.1  # at most this share of background is left outside (the paper's proposition 3)
    gamma: float = 0.0  # kernel exp(-gamma |x - y|^2) of standardised columns; 0 = one over the number of columns
    max_training_events: int = 20_000  # drawn at random where there are more: the cost grows with their square

    def __post_init__(self) -> None:
        if not 0 < self.nu <= 1 or self.gamma < 0 or self.max_training_events < 2:
            msg = "0 < nu <= 1, gamma >= 0 and max_training_events >= 2 are needed"
            raise ValueError(msg)


class SupportVectorDetector(TableDetector):
    """Distance outside the boundary in feature space, times the norm of its normal: rho - sum_i a_i k(x_i, x).

    The quadratic programme is solved exactly by libsvm; what bounds its cost is the number of training events.
    """

    Params = SupportVectorParams

    def learn(self, x: Table) -> State:
        """Find the support vectors."""
        from sklearn.svm import OneClassSVM

        gamma = self.params.gamma or 1 / x.shape[1]
        machine = OneClassSVM(nu=self.params.nu, gamma=gamma)
        machine.random_state = (
            self.context.seed % 2**32
        )  # libsvm does not use it here, but draws it from numpy's global state
        machine.fit(x)
        return {
            "vectors": machine.support_vectors_,
            "multipliers": machine.dual_coef_[0],
            "rho": -machine.intercept_[0],
            "gamma": np.array(gamma),
        }

    def scores(self, x: Table, state: State) -> dict[str, NDArray[np.float64]]:
        """Return how far outside the boundary; negative inside."""
        from sklearn.metrics.pairwise import rbf_kernel

        kernel = rbf_kernel(x, state["vectors"], gamma=float(state["gamma"]))
        return {"outside": state["rho"] - kernel @ state["multipliers"]}
