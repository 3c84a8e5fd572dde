from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_hex
from sklearn.decomposition import PCA

from adbench.leaderboard.board import build_board
from adbench.leaderboard.plots import draw
from adbench.leaderboard.plots.latent import principal_axes
from adbench.leaderboard.plots.request import Request
from adbench.plotting import colour


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


def losses(n: int, d: int, middle: float) -> Any:
    return np.random.default_rng(n).normal(middle, 1.0, (n, d))


def test_only_signals_of_the_drawn_view_are_drawn_in_the_colours_of_the_legend(pretend: Any) -> None:
    run = pretend.run("d", "1", n_background=300, n_signal=50)
    first, second = "glgl1400", "stlp_st1000"
    board = build_board(pretend.store)
    np.savez(
        run.folder / "coordinates.npz",
        **{
            "background|plane": losses(300, 3, 0.0),
            f"target/{first}/background|plane": losses(301, 2, 5.0),
            f"signal/{first}|plane": losses(50, 2, 6.0),
            f"target/{second}/background|plane": losses(302, 3, 0.0),
            f"signal/{second}|plane": losses(50, 3, 9.0),
        },
    )
    figure = draw(Request("latent", board, tuple(pretend.store)))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [first]
    (dots,) = figure.axes[0].get_lines()
    assert to_hex(dots.get_color()) == colour(0).lower()
    assert figure.axes[0].get_xlim()[0] > 0.0  # the background is that of the view, around 5
    title = " ".join(figure.get_suptitle().split())
    assert f"scored by another view than {first}, or without coordinates: {second}" in title
    figure = draw(Request("latent", board, tuple(pretend.store), signals=(second,)))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [second]
