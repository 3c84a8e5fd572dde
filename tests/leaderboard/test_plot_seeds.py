"""Which of several trainings a figure of one training shows: the lowest seed that all have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adbench.leaderboard.board import build_board
from adbench.leaderboard.plots import draw
from adbench.leaderboard.plots.request import Request
from adbench.runs.store import StoredRun


@pytest.mark.parametrize(
    ("seeds", "drawn", "said"),
    [
        ({"a": (0, 1, 2), "b": (1, 2), "c": (5, 2, 1)}, {"a": 1, "b": 1, "c": 1}, False),
        ({"a": (3, 1), "b": (2, 4)}, {"a": 1, "b": 2}, True),
        ({"a": (7,)}, {"a": 7}, False),
    ],
)
def test_histograms_show_the_lowest_common_seed(
    seeds: dict[str, tuple[int, ...]], drawn: dict[str, int], said: bool, pretend: Any
) -> None:
    for name, some in seeds.items():
        for seed in some:
            pretend.run(name, "2a", seed, n_background=300, n_signal=50)
    figure = draw(Request("histogram", build_board(pretend.store), tuple(pretend.store)))
    assert sorted(panel.get_title() for panel in figure.axes) == [
        f"{name} (score), seed {seed}" for name, seed in drawn.items()
    ]
    title = " ".join(figure.get_suptitle().split())
    assert ("no seed in common: the lowest one of each entry" in title) is said


def with_coordinates(run: StoredRun) -> None:
    rng = np.random.default_rng(run.record.identity.seed)
    spaces = {name: rng.normal(size=(40, 2)) for name in ("background|latent", "signal/chacha_300|latent")}
    np.savez(run.folder / "coordinates.npz", **spaces)


def test_a_latent_space_is_that_of_the_lowest_seed_that_has_one(pretend: Any) -> None:
    for seed in (4, 1, 2, 3, 0):
        run = pretend.run("d", "2a", seed, n_background=300, n_signal=50)
        if seed > 0:
            with_coordinates(run)
    figure = draw(Request("latent", build_board(pretend.store), tuple(pretend.store)))
    assert "d, seed 1; grey" in figure.get_suptitle()
