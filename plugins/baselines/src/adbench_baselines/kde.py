"""Kernel density: background as a sum of equal normal bumps, one on each event (Parzen, Ann. Math. Stat. 33, 1962)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench_baselines.table import State, Table, TableDetector

__all__ = ["DensityDetector", "DensityParams"]

_ROWS = 128  # events at once: with 20,000 bumps a matrix of 20 MB
_NOTHING = 1e-9  # variance of a standardised direction that rounding alone may leave


@dataclass(frozen=True, slots=True)
class DensityParams:
    """Defaults were set before any signal was scored; the challenge tried 2 to 10 components (arXiv:2105.14027)."""

    components: int = 10  # whitened principal components; challenge: 2 to 10, its published entry 9
    bandwidth: float = 0.0  # width of a bump in whitened units; 0 = Scott's rule, n^(-1 / (components + 4))
    max_training_events: int = 20_000  # bumps, drawn at random where there are more: scoring costs one term for each

    def __post_init__(self) -> None:
        if self.components < 1 or self.bandwidth < 0 or self.max_training_events < 2:
            msg = "components >= 1, bandwidth >= 0 and max_training_events >= 2 are needed"
            raise ValueError(msg)


class DensityDetector(TableDetector):
    """Minus the log density of the leading principal components, whitened; the sum over all bumps is exact.

    Source: arXiv:2105.14027, section 4.7, for the components; Scott, Multivariate Density Estimation (1992), for the
    bandwidth.
    """

    Params = DensityParams

    def learn(self, x: Table) -> State:
        """Find the components and keep background events in them."""
        from sklearn.decomposition import PCA

        pca = PCA(min(self.params.components, *x.shape), svd_solver="full").fit(x)
        seen = pca.explained_variance_ > _NOTHING
        axes = pca.components_[seen] / np.sqrt(pca.explained_variance_[seen])[:, None]
        width = self.params.bandwidth or len(x) ** (-1 / (len(axes) + 4))
        return {"centre": pca.mean_, "axes": axes, "bumps": (x - pca.mean_) @ axes.T, "bandwidth": np.array(width)}

    def scores(self, x: Table, state: State) -> dict[str, NDArray[np.float64]]:
        """Return minus the log density in whitened units."""
        y = (x - state["centre"]) @ state["axes"].T
        parts = [
            _log_density(y[i : i + _ROWS], state["bumps"], float(state["bandwidth"])) for i in range(0, len(y), _ROWS)
        ]
        return {"negative_log_density": -np.concatenate(parts)}


def _log_density(y: Table, bumps: Table, width: float) -> NDArray[np.float64]:
    """Return the log of the mean of normal densities of this width at the bumps, (n,).

    Every term is summed. scikit-learn's KernelDensity drops terms by bounds in its tree, and far from all bumps, which
    is where anomalies are, its logarithm is off by up to 88 on a signal of the sample, with tolerances of zero.
    """
    from scipy.spatial.distance import cdist

    # Each distance on its own: a matrix product rounds by the place of a row, and scores would depend on the batch.
    exponents = -cdist(y, bumps, "sqeuclidean") / (2 * width**2)
    largest = exponents.max(axis=1)
    total = np.log(np.exp(exponents - largest[:, None]).sum(axis=1))
    dimensions = bumps.shape[1]
    return np.asarray(largest + total - np.log(len(bumps)) - dimensions * np.log(width * np.sqrt(2 * np.pi)))
