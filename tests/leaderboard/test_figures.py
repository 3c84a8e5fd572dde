from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.stats import norm

from adbench.api import MissingError, UnknownNameError
from adbench.leaderboard.board import Board, build_board
from adbench.leaderboard.boxes import draw_boxes, selected
from adbench.leaderboard.curves import GRID
from adbench.leaderboard.entries import Cell
from adbench.leaderboard.entry_curves import mean_curves
from adbench.leaderboard.figures import FIGURES, USUAL, draw_figures
from adbench.leaderboard.plots import draw
from adbench.leaderboard.plots.improvement import improvements
from adbench.leaderboard.plots.request import Request
from adbench.leaderboard.plots.selected import mean_passing, passing
from adbench.leaderboard.plots.shapes import _edges


@pytest.fixture
def board(pretend: Any) -> Board:
    for place in range(7):
        for channel in ("1", "2a"):
            pretend.run(f"d{place}", channel, shifts=2.0 - 0.3 * place, n_background=1500, n_signal=300)
    pretend.run("odd", "1", entry="$x_{")
    return build_board(pretend.store)


def test_unknown_figures_are_answered_with_the_nearest(board: Board, pretend: Any, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no figure 'box'\. Did you mean boxes"):
        draw_figures(board, pretend.store, ["roc", "box"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert {*USUAL, "pareto", "sic"} < set(FIGURES)
    assert "shapes" not in FIGURES  # which looks into events


def test_the_same_board_gives_the_same_bytes(pretend: Any, tmp_path: Path) -> None:
    for name, shift in (("d0", 1.0), ("odd", 0.5)):
        pretend.run(name, "2a", entry="$x_{" if name == "odd" else name, shifts=shift)
    board = build_board(pretend.store, channels=["2a"])
    first = draw_figures(board, pretend.store, USUAL, tmp_path / "a")
    assert [path.name for path in first] == ["boxes.svg", "boxes.png", "roc_2a.svg", "roc_2a.png"]
    import matplotlib

    with matplotlib.rc_context({"font.size": 30.0}):
        same = build_board(pretend.store, channels=["2a"])
        again = draw_figures(same, list(pretend.store), USUAL, tmp_path / "b")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in first]
    for path in first[::2]:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
        assert b"dc:date" not in path.read_bytes()
    for path in first[1::2]:
        assert path.read_bytes().startswith(b"\x89PNG")


def test_boxes_span_the_cells_and_colours_tell_the_place(board: Board) -> None:
    assert [entry.name for entry in selected(board)] == ["d0", "d1", "d2", "d3", "d4"]
    figure = draw_boxes(board)
    auc, efficiency = figure.axes
    assert [label.get_text() for label in auc.get_yticklabels()] == ["d0", "d1", "d2", "d3", "d4"]
    np.testing.assert_allclose(
        [box.get_facecolor()[:3] for box in auc.patches],
        [
            (0.0, 0.447, 0.698),  # Okabe and Ito's palette, which the colour-blind tell apart
            (0.902, 0.624, 0.0),
            (0.0, 0.62, 0.451),
            (0.835, 0.369, 0.0),
            (0.8, 0.475, 0.655),
        ],
        atol=0.002,
    )
    values = [cell["auc"].value for cell in next(e for e in board.entries if e.name == "d1").cells.values()]
    medians = [line for line in auc.lines if line.get_linewidth() == 1.2]
    assert medians[1].get_xdata()[0] == pytest.approx(np.median(values))
    quartiles = auc.patches[1].get_path().vertices[:, 0]
    assert (quartiles.min(), quartiles.max()) == pytest.approx(tuple(np.percentile(values, [25, 75])))
    assert (auc.get_xlim(), efficiency.get_xlim(), efficiency.get_xscale()) == ((0.0, 1.0), (1e-4, 1.0), "log")
    assert auc.get_ylim() == (5.6, 0.4)
    assert figure.get_suptitle().splitlines() == [
        "toys · sample · channels 1, 2a · mean AUC · 3 channel-signal pairs",
        "5 of 8 entries: the best five by each figure",
        "unmeasured, too little background: ε_S at ε_B = 1e-3, ε_S at ε_B = 1e-4",
    ]


def test_entries_without_scores_are_not_counted(board: Board) -> None:
    skipped = dataclasses.replace(board.entries[-1], name="skipped", coverage=0.0)
    title = draw_boxes(dataclasses.replace(board, entries=(*board.entries, skipped))).get_suptitle()
    assert "5 of 8 entries: the best five by each figure" in title


def test_rows_follow_the_rank_and_the_legend_names_the_places_that_occur(pretend: Any) -> None:
    for name, shift in (("worst", 0.2), ("best", 2.0), ("a_middle_one", 1.0)):
        pretend.run(name, "2a", shifts=shift)
    figure = draw_boxes(build_board(pretend.store))
    labels = figure.axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["best", "a_middle_one", "worst"]
    assert figure.axes[0].yaxis_inverted()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["best", "2nd", "3rd"]
    assert "entries" not in figure.get_suptitle()


def test_curves_are_those_of_the_scores(pretend: Any) -> None:
    for seed in (0, 1):
        pretend.run("d", "2a", seed, shifts=1.5, n_background=50_000, n_signal=20_000)
    pretend.run("other", "2a", shifts=0.0)
    entry = build_board(pretend.store).entries[0]
    curves, smallest = mean_curves(entry, pretend.store, "2a", halves=False)
    assert smallest == pytest.approx(10 / 50_000)
    well = (GRID > 5e-3) & (GRID < 1.0)
    exact = norm.sf(norm.isf(GRID[well]) - 1.5)
    np.testing.assert_allclose(curves["chacha_300"][well], exact, atol=0.02)
    assert curves["chacha_300"][-1] == 1.0


def test_a_channel_shows_each_signal_with_the_first_entries(pretend: Any) -> None:
    for place in range(8):
        pretend.run(f"d{place:02}", "1", shifts=2.0 - 0.2 * place, n_background=300, n_signal=100)
    board = build_board(pretend.store)
    figure = draw(Request("roc", board, tuple(pretend.store)))
    assert [panel.get_title() for panel in figure.axes] == ["glgl1400", "stlp_st1000"]
    assert [len(panel.lines) for panel in figure.axes] == [7, 7]
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [*(entry.name for entry in board.entries[:6]), "a guess"]
    assert figure.get_suptitle().endswith("\nthe first 6 of 8 entries")
    line = figure.axes[0].lines[0]
    assert np.isnan(line.get_ydata()).sum() == 0
    assert line.get_xdata().min() >= 10 / 300
    styles = {(line.get_color(), str(line._unscaled_dash_pattern)) for line in figure.axes[0].lines[:6]}
    assert len(styles) == 6  # identical curves show through each other's gaps


@pytest.mark.parametrize("kind", ["roc", "sic"])
def test_curves_begin_where_they_are_measured_and_end_where_everything_passes(kind: str, pretend: Any) -> None:
    pretend.run("few", "1", n_background=300, n_signal=100)
    pretend.run("many", "1", n_background=200_000, n_signal=100)
    panels = draw(Request(kind, build_board(pretend.store), tuple(pretend.store))).axes
    for panel in panels:
        ends = [tuple(line.get_xydata()[-1]) for line in panel.lines]
        assert ends == [(1.0, 1.0)] * 3
        starts = sorted(line.get_xdata()[0] for line in panel.lines[:2])
        assert starts[0] == pytest.approx(1e-4)
        assert starts[1] >= 10 / 300
        assert panel.get_xlim() == pytest.approx((0.8e-4, 1.0))
        last = panel.collections[0].get_paths()[0].vertices
        assert set(last[last[:, 0] == 1.0, 1]) == {1.0}  # no band at (1, 1)


def test_each_signal_has_its_own_scale_of_significance_improvement(pretend: Any) -> None:
    pretend.run("d", "1", shifts={"glgl1400": 5.0, "stlp_st1000": 0.5}, n_background=20_000)
    board, runs = build_board(pretend.store), tuple(pretend.store)
    figure = draw(Request("sic", board, runs))
    large, small = (panel.get_ylim()[1] for panel in figure.axes)
    assert large > 10.0
    assert small < 2.0
    assert "each panel has its own scale" in figure.get_suptitle()
    assert "scale" not in draw(Request("sic", board, runs, signals=("glgl1400",))).get_suptitle()
    roc = draw(Request("roc", board, runs))
    assert len({panel.get_ylim() for panel in roc.axes}) == 1


def test_five_signals_leave_no_empty_panel_and_outer_axes_have_labels(pretend: Any) -> None:
    samples = pretend.samples("1", 0, 1.0, ("score",), 500, 100)
    samples |= {f"signal/s{i}": samples["signal/glgl1400"] for i in range(3)}
    pretend.run("met", "1", samples=samples)
    panels = draw(Request("roc", build_board(pretend.store), tuple(pretend.store))).axes
    assert [panel.get_title() for panel in panels] == ["glgl1400", "s0", "s1", "s2", "stlp_st1000"]
    assert [bool(panel.get_xlabel()) for panel in panels] == [False, False, True, True, True]
    assert [bool(panel.get_ylabel()) for panel in panels] == [True, False, False, True, False]


def test_the_bar_of_the_median_improvement_is_that_of_all_cells_together(pretend: Any) -> None:
    pretend.run("d", "1", n_background=20_000)
    pretend.run("d", "2a", n_background=20_000)
    (entry,) = build_board(pretend.store).entries
    ends = {("1", "x"): (3.0, 2.0, 3.5), ("2", "x"): (2.5, 2.2, 4.0), ("1", "y"): (1.0, 0.9, 1.1)}
    cells = {column: {"max_si": Cell(*three)} for column, three in ends.items()}
    found = improvements(dataclasses.replace(entry, cells=cells), tuple(ends))
    assert found == {"x": (3.0, 2.2, 4.0), "y": (1.0, 0.9, 1.1)}


def test_a_selection_is_averaged_over_seeds_event_by_event(pretend: Any) -> None:
    runs = [pretend.run("d", "2a", seed) for seed in (0, 1)]
    found = mean_passing(runs, "score", 0.1)
    assert found.sum() == pytest.approx(200.0)
    np.testing.assert_allclose(found, 0.5 * (passing(runs[0], "score", 0.1) + passing(runs[1], "score", 0.1)))


def test_a_tight_cut_does_not_fill_the_last_bin() -> None:
    values = np.linspace(0.0, 1000.0, 10_001)
    tail = (values > 990.0).astype(float)
    edges = _edges(values, [values], [tail])
    assert edges[-1] > 999.8
    wide = _edges(np.append(values, 5000.0), [np.append(values, 5000.0)], [np.append(0.0 * tail, 1.0)])
    assert wide[-1] == 5000.0


def test_boards_without_ranks_can_be_drawn(pretend: Any, tmp_path: Path) -> None:
    pretend.run("a", "1", n_background=50, n_signal=20)
    pretend.run("b", "2a", status="failed", reason="x", entry="b/$")
    board = build_board(pretend.store, metrics=["eps_s@1e-3"])
    assert all(math.isnan(entry.standings["eps_s@1e-3"].value) for entry in board.entries)
    written = draw_figures(board, pretend.store, USUAL, tmp_path, formats=["svg"])
    assert [path.name for path in written] == ["boxes.svg", "roc_1.svg"]


def test_a_folder_that_cannot_be_made_is_named(board: Board, pretend: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MissingError, match=r"boxes\.svg cannot be written: .*--figures"):
        draw_figures(board, pretend.store, ["boxes"], tmp_path / "file" / "sub")
