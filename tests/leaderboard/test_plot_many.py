"""Figures of more entries and signals than there are colours, of several views of a detector, and of other masses."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from adbench.api import DatasetOptions, MissingError
from adbench.leaderboard.board import Board, build_board
from adbench.leaderboard.plots import draw
from adbench.leaderboard.plots.processes import process_shares, selected_share, wilson
from adbench.leaderboard.plots.request import Request
from adbench.leaderboard.plots.shapes import observables
from adbench.plotting import COLOURS, MARKERS, colour, marker, wrapped
from adbench.testing.toys import ToyDataset, toy_events

NINE = tuple(f"d{place}" for place in range(9))


@pytest.fixture
def board(pretend: Any) -> Board:
    for place, name in enumerate(NINE):
        pretend.run(name, "2a", shifts=2.0 - 0.1 * place, n_background=300, n_signal=50)
    return build_board(pretend.store)


@pytest.mark.parametrize("kind", ["histogram", "roc", "pareto", "correlation"])
def test_nine_named_entries_are_drawn(pretend: Any, board: Board, kind: str) -> None:
    assert draw(Request(kind, board, tuple(pretend.store), entries=NINE)).axes


def test_colours_and_markers_come_again_in_other_pairs() -> None:
    pairs = [(colour(place), marker(place)) for place in range(2 * len(COLOURS))]
    assert len(set(pairs)) == len(pairs)
    assert pairs[: len(COLOURS)] == list(zip(COLOURS, MARKERS, strict=True))


def test_a_title_is_broken_between_words_where_the_figure_ends() -> None:
    assert wrapped(["one two three", "four"], inches=0.5) == "one two\nthree\nfour"


def test_a_histogram_shows_the_signals_of_one_view_and_names_the_others(pretend: Any) -> None:
    samples = pretend.samples("1", 0, 1.0, ("score",), 300, 50)
    other = dataclasses.replace(samples["background"], scores={"score": samples["background"].scores["score"] + 100.0})
    pretend.run("d", "1", samples=samples | {"target/stlp_st1000/background": other})
    (panel, *_) = draw(Request("histogram", build_board(pretend.store), tuple(pretend.store))).axes
    assert panel.get_xlim()[1] < 50.0
    assert "of other views: stlp_st1000" in " ".join(panel.get_title().split())


def test_entries_without_a_rank_or_time_have_no_front(pretend: Any, board: Board) -> None:
    pretend.run("elsewhere", "1", n_background=300, n_signal=50)
    pretend.run("d0", "1", n_background=300, n_signal=50)
    request = Request("pareto", build_board(pretend.store), tuple(pretend.store), entries=("elsewhere",))
    with pytest.raises(MissingError, match="elsewhere: no rank or no time of a training; run it on every channel"):
        draw(request)


def test_the_masses_that_a_data_set_names_are_observables() -> None:
    events = ToyDataset(DatasetOptions()).background("a")
    assert list(observables(events)) == ["MET", "HT"]
    np.testing.assert_array_equal(observables(events, ("mass", "other"))["mass"], events.aux["mass"])


def test_shares_of_processes_are_those_of_each() -> None:
    events = toy_events(60, 60.0, seed=1)
    codes = np.arange(60) % 3 // 2  # two thirds are of the first
    events = dataclasses.replace(events, aux={**events.aux, "process": codes})
    chances = np.linspace(0.0, 1.0, 60)
    for share, code in zip(process_shares(events, chances, ("background", "signal")), (0, 1), strict=True):
        value, number = selected_share(
            chances[codes == code], np.ones(np.sum(codes == code)), np.arange(np.sum(codes == code))
        )
        assert share == (value, *wilson(value * number, number))
