"""What figures say of numbers: pairs behind a panel, entries behind a box, ranks and who takes one."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import Any

import numpy as np
import pytest

from adbench.leaderboard.board import Board, build_board
from adbench.leaderboard.boxes import draw_boxes
from adbench.leaderboard.plots import draw
from adbench.leaderboard.plots.ranks import column_ranks
from adbench.leaderboard.plots.request import Request
from adbench.leaderboard.ranked import rank_board
from adbench.rankings.average_rank import AVERAGE_RANK


@pytest.fixture
def board(pretend: Any) -> Board:
    for place in range(4):
        for channel in ("1", "2a"):
            pretend.run(f"d{place}", channel, shifts=2.0 - 0.3 * place, n_background=1500, n_signal=300)
    return build_board(pretend.store)


def with_others(board: Board) -> Board:
    """Return the board with a copy of its first entry, and with an entry that has no figures."""
    nothing = {
        column: {name: dataclasses.replace(cell, value=math.nan, measured=False) for name, cell in cells.items()}
        for column, cells in board.entries[0].cells.items()
    }
    twin = dataclasses.replace(board.entries[0], name="twin", source="published", twin_of=board.entries[0].name)
    skipped = dataclasses.replace(board.entries[-1], name="skipped", coverage=0.0, cells=nothing)
    return dataclasses.replace(board, entries=(board.entries[0], twin, *board.entries[1:], skipped))


def numbers(figure: Any) -> list[list[str]]:
    texts = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    rows, columns = 1 + max(row for _, row in texts), 1 + max(column for column, _ in texts)
    return [[texts[column, row] for column in range(columns)] for row in range(rows)]


def test_a_panel_of_boxes_with_fewer_pairs_says_so(board: Board) -> None:
    assert [panel.get_title() for panel in draw_boxes(board).axes] == ["", ""]
    fewer = dict(board.ranked) | {"eps_s@1e-2": board.ranked["eps_s@1e-2"][:2]}
    assert [panel.get_title() for panel in draw_boxes(dataclasses.replace(board, ranked=fewer)).axes] == ["", "2 pairs"]


def test_a_panel_of_one_channel_counts_signals(pretend: Any) -> None:
    pretend.run("d", "1", n_background=1500)
    board = build_board(pretend.store)
    fewer = dict(board.ranked) | {"eps_s@1e-2": board.ranked["eps_s@1e-2"][:1]}
    titles = [panel.get_title() for panel in draw_boxes(dataclasses.replace(board, ranked=fewer)).axes]
    assert titles == ["", "1 signal"]


def test_a_box_of_signals_counts_the_entries_with_figures(board: Board) -> None:
    request = Request("signals", with_others(board), ())
    assert "each box: 5 entries" in draw(request).get_suptitle()
    gap = dataclasses.replace(board.entries[0].cells[board.columns[0]]["auc"], value=math.nan)
    cells = dict(board.entries[0].cells) | {board.columns[0]: dict(board.entries[0].cells[board.columns[0]])}
    cells[board.columns[0]]["auc"] = gap
    entries = (dataclasses.replace(board.entries[0], cells=cells), *board.entries[1:])
    title = draw(Request("signals", dataclasses.replace(board, entries=entries), ())).get_suptitle()
    assert "each box: 3 to 4 entries" in title


def test_ranks_are_those_of_the_ranking_average_rank(board: Board) -> None:
    tied = {
        column: cells | {"auc": board.entries[1].cells[column]["auc"]}
        for column, cells in board.entries[2].cells.items()
    }
    entries = (*board.entries[:2], dataclasses.replace(board.entries[2], cells=tied), board.entries[3])
    board = rank_board(dataclasses.replace(board, entries=entries), AVERAGE_RANK)
    rows = numbers(draw(Request("ranks", board, ())))
    assert rows == [["1"] * 3, ["2.5"] * 3, ["2.5"] * 3, ["4"] * 3]
    means = [entry.standings["auc"].value for entry in board.entries]
    assert [np.mean([float(text) for text in row]) for row in rows] == means


def test_a_column_ranks_those_that_have_a_figure() -> None:
    values = np.array([[0.2, math.nan], [math.nan, math.nan], [0.4, 1.0]])
    np.testing.assert_array_equal(column_ranks(values), [[2.0, math.nan], [math.nan, math.nan], [1.0, 1.0]])
    np.testing.assert_array_equal(column_ranks(values, higher_is_better=False)[:, 0], [1.0, math.nan, 2.0])


def test_entries_that_lack_signals_are_said_to_count_where_they_have_figures(pretend: Any) -> None:
    for channel in ("1", "2a"):
        pretend.run("both", channel)
    pretend.run("one", "1", shifts=2.0)
    figure = draw(Request("ranks", build_board(pretend.store), ()))
    assert numbers(figure) == [["2", "2", "1"], ["1", "1", "–"]]
    assert "1 of 2 without some signals, ranked on the others" in " ".join(figure.get_suptitle().split())


def test_copies_and_entries_without_figures_take_no_place(board: Board) -> None:
    figure = draw(Request("ranks", with_others(board), ()))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["d0", "d1", "d2", "d3"]
    assert [row[0] for row in numbers(figure)] == ["1", "2", "3", "4"]
    assert figure.axes[1].get_ylabel() == "rank among 4"
    assert "1 row with the same figures as another one counted once" in " ".join(figure.get_suptitle().split())


def test_those_that_are_asked_for_are_drawn_all_the_same(board: Board) -> None:
    figure = draw(Request("ranks", with_others(board), (), entries=("twin", "skipped", "d3")))
    assert numbers(figure) == [["1"] * 3, ["–"] * 3, ["4"] * 3]


@pytest.mark.parametrize(
    ("signals", "width", "rotation"), [(2, "double", 0.0), (34, "double", 90.0), (34, "single", None)]
)
def test_ranks_do_not_overlap(signals: int, width: str, rotation: float | None, pretend: Any) -> None:
    some = pretend.samples("2a", 0, 1.0, ("score",), 200, 50)
    samples = {name: some[name] for name in ("validation", "background")}
    samples |= {f"signal/s{place:02}": some["signal/chacha_300"] for place in range(signals)}
    pretend.run("d", "2a", samples=samples)
    (entry,) = build_board(pretend.store).entries
    board = dataclasses.replace(
        build_board(pretend.store),
        entries=tuple(dataclasses.replace(entry, name=f"a long name of an entry {k:03}") for k in range(400)),
    )
    figure = draw(Request("ranks", board, (), width=width))
    texts = figure.axes[0].texts
    assert {text.get_rotation() for text in texts} == ({rotation} if rotation is not None else set())
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in texts]
    assert {text.get_text() for text in texts} <= {"200.5"}
    assert not any(one.overlaps(other) for one, other in itertools.pairwise(boxes))
    assert not any(one.overlaps(other) for one, other in zip(boxes, boxes[signals:], strict=False))
