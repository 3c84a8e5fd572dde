"""Gaussian mixture: background as a sum of normal densities (Dempster, Laird, Rubin, JRSS B 39, 1977)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench_baselines.table import State, Table, TableDetector

__all__ = ["MixtureDetector", "MixtureParams"]

_ESTIMATE = ("weights_", "means_", "precisions_cholesky_")  # of scikit-learn's GaussianMixture: all that it scores with


@dataclass(frozen=True, slots=True)
class MixtureParams:
    """Defaults are our choice, made before any signal was scored."""

    components: int = 8  # normal densities
    regularisation: float = 1e-3  # added to the variances of standardised columns

    def __post_init__(self) -> None:
        if self.components < 1 or self.regularisation <= 0:
            msg = "components >= 1 and regularisation > 0 are needed"
            raise ValueError(msg)


class MixtureDetector(TableDetector):
    """Minus the log density of the standardised columns, full covariances."""

    Params = MixtureParams

    def learn(self, x: Table) -> State:
        """Run expectation maximisation from a seeded k-means start."""
        from sklearn.mixture import GaussianMixture

        mixture = GaussianMixture(
            min(self.params.components, len(x)),
            reg_covar=self.params.regularisation,
            random_state=int(self.context.rng("start").integers(2**31)),
        ).fit(x)
        return {name: getattr(mixture, name) for name in _ESTIMATE}

    def scores(self, x: Table, state: State) -> dict[str, NDArray[np.float64]]:
        """Return minus the log density."""
        from sklearn.mixture import GaussianMixture

        mixture = GaussianMixture(len(state["weights_"]))
        for name in _ESTIMATE:
            setattr(mixture, name, state[name])
        return {"negative_log_density": -mixture.score_samples(x)}
