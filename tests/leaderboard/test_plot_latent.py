from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

from adbench.leaderboard.plots.latent import principal_axes


def test_principal_axes_are_those_of_scikit_learn():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(500, 6)) * [1, 5, 2, 9, 0.1, 3] + 7
    mean, axes = principal_axes(points)
    reference = PCA(2).fit(points)
    np.testing.assert_allclose(mean, reference.mean_)
    np.testing.assert_allclose(np.abs(axes.T), np.abs(reference.components_), atol=1e-9)
    assert (axes[np.abs(axes).argmax(0), [0, 1]] > 0).all()


def test_two_coordinates_have_two_axes():
    mean, axes = principal_axes(np.array([[0.0, 0.0], [2.0, 0.1], [4.0, -0.1]]))
    assert mean.shape == (2,)
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=1e-12)
