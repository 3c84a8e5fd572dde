"""Views of a board: who can be told apart, ranks within a class, score against training time."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adbench.api.errors import MissingError, UsageError
from adbench.cli import main
from adbench.leaderboard.board import Board, build_board
from adbench.leaderboard.comparing import compare_board, comparison_json, comparison_rows
from adbench.leaderboard.costs import board_costs, costs_json, costs_rows
from adbench.leaderboard.export import as_json
from adbench.leaderboard.plots import draw
from adbench.leaderboard.plots.request import Request
from adbench.leaderboard.uncertainty import board_uncertainty
from adbench.leaderboard.uncertainty_text import uncertainty_json, uncertainty_rows


@pytest.fixture
def board(pretend: Any) -> Board:
    for name, shift, seconds in (("good", 2.0, 60.0), ("twin", 1.98, 5.0), ("poor", 0.3, 5.0), ("slow", 1.0, 600.0)):
        for channel in ("1", "2a", "a", "b"):
            supervision = "semi-supervised" if name in ("twin", "poor") else "unsupervised"
            pretend.run(name, channel, shifts=shift, fit=seconds, supervision=supervision, n_background=400)
    return build_board(pretend.store)


def test_clear_differences_are_told_apart_and_small_ones_are_not(board: Board, pretend: Any) -> None:
    found = compare_board(board, list(pretend.store), replicas=60)
    assert [one.entry for one in found.entries] == ["good", "twin", "slow", "poor"]
    good, twin, _, poor = found.letters
    assert set(good) & set(twin)
    assert not set(good) & set(poor)
    described = comparison_json(found)
    assert len(described["pairs"]) == 6
    first = next(pair for pair in described["pairs"] if (pair["better"], pair["worse"]) == ("good", "poor"))
    values = {one["entry"]: one["statistic"] for one in described["entries"]}
    assert first["difference"] == pytest.approx(values["good"] - values["poor"])
    assert first["told_apart"]
    assert first["p"] <= first["p_holm"]
    _, (headings, rows) = comparison_rows(found)
    assert all(len(row) == len(headings) for row in rows)
    assert rows[3][4].startswith("-0.")


LOSS = """\
from adbench.api import Estimate, Metric, MetricSpec, hookimpl
from adbench.metrics.auc import AUC
class Loss(Metric):
    name = label = "loss"
    higher_is_better = False
    def __call__(self, background, signal):
        area = AUC(background, signal)
        return Estimate(1.0 - area.value, 1.0 - area.high, 1.0 - area.low)
LOSS = Loss()
@hookimpl
def adbench_metrics():
    return [MetricSpec(name="loss", target="losses:LOSS")]
"""


@pytest.mark.parametrize("ranking", ["mean", "median", "minimum"])
def test_a_figure_of_which_less_is_better_is_shown_as_it_is(
    board: Board, pretend: Any, install: Any, ranking: str
) -> None:
    install("loss-plugin", "losses", "losses", LOSS)
    runs = list(pretend.store)
    area, loss = (build_board(pretend.store, metrics=[name], ranking=ranking) for name in ("auc", "loss"))
    assert [entry.name for entry in loss.entries] == [entry.name for entry in area.entries]
    for of_area, of_loss in zip(area.entries, loss.entries, strict=True):
        one, other = of_area.standings["auc"], of_loss.standings["loss"]
        assert (other.value, other.low, other.high) == pytest.approx((1 - one.value, 1 - one.high, 1 - one.low))
        assert 0.0 < other.low < other.value < other.high
        assert (other.rank, loss.class_ranks()[of_loss.name]) == (one.rank, area.class_ranks()[of_area.name])
    shown = json.loads(as_json([loss]))["entries"]
    assert [one["value"] for one in shown] == sorted(one["value"] for one in shown)
    for one in board_uncertainty(loss, runs, replicas=20).ranks.intervals:
        assert 0.0 < one.statistic_low <= one.statistic <= one.statistic_high
    costs = [costs_json(board_costs(one, runs))["entries"] for one in (area, loss)]
    fronts = [{one["entry"] for one in entries if one["on_front"]} for entries in costs]
    assert "twin" in fronts[0]
    assert fronts[0] == fronts[1]
    assert all(one["value"] > 0.0 for one in costs[1])
    if ranking == "mean":
        found = compare_board(loss, runs, replicas=60)
        assert all(pair["difference"] >= 0.0 for pair in comparison_json(found)["pairs"])
        _, (_, rows) = comparison_rows(found)
        assert [row[0] for row in rows] == ["good", "twin", "slow", "poor"]
        assert rows[3][4].startswith("0.")  # the worst one has more of it than the best


def test_what_no_mean_decides_is_refused(pretend: Any, board: Board) -> None:
    with pytest.raises(UsageError, match="'median' is none"):
        compare_board(build_board(pretend.store, ranking="median"), list(pretend.store))
    with pytest.raises(UsageError, match="over signals, of which 1"):
        compare_board(build_board(pretend.store, channels=["2a"]), list(pretend.store), replicas=20)
    with pytest.raises(MissingError, match="needs two entries"):
        compare_board(board, list(pretend.store), ["good"], replicas=20)


def test_without_scores_seeds_are_drawn_from_their_figures(pretend: Any, tmp_path: Path) -> None:
    for seed, shift in enumerate((0.5, 1.0, 1.5)):
        pretend.run("wide", "b", seed, shifts=shift)
        pretend.run("narrow", "b", seed, shifts=1.0, samples=pretend.samples("b", 0, 1.0, ("score",), 2000, 500))
    board, runs = build_board(pretend.store), list(pretend.store)
    for run in runs:
        (run.folder / "scores.npz").unlink()
    found = board_uncertainty(board, runs, replicas=200)
    spread = dict(zip(found.entries, found.values[:, :, 0].std(axis=0), strict=True))
    assert spread["narrow"] == pytest.approx(0.0, abs=1e-12)
    by_seed = next(entry for entry in board.entries if entry.name == "wide").cells["b", "tail"]["auc"].by_seed
    assert 0.3 * np.std(list(by_seed.values())) < spread["wide"] < np.std(list(by_seed.values()))
    assert any("events are not drawn again: narrow, wide" in note for note in found.notes)


def test_ranks_within_a_class_count_that_class_alone(board: Board, pretend: Any) -> None:
    assert board.class_ranks() == {"good": 1, "twin": 1, "slow": 2, "poor": 2}
    entries = {one["entry"]: one for one in json.loads(as_json([board]))["entries"]}
    assert (entries["poor"]["rank"], entries["poor"]["rank_in_class"]) == (4, 2)
    found = board_uncertainty(board, list(pretend.store), replicas=30)
    poor = found.classes["semi-supervised"]["poor"]
    assert (poor.rank, poor.low, poor.high) == (2, 2, 2)
    headings, rows = uncertainty_rows(board, found)
    assert headings[-3:] == ["class", "in class", "68 % in class"]
    assert [row[-3:] for row in rows if row[0] == "poor"] == [["semi-supervised", "2", "2"]]
    described = {one["entry"]: one for one in uncertainty_json(found)["entries"]}
    assert [described["poor"][name] for name in ("supervision", "rank", "rank_in_class", "high_in_class")] == [
        "semi-supervised",
        4,
        2,
        2,
    ]


def test_the_front_is_cheaper_or_better(board: Board, pretend: Any) -> None:
    found = board_costs(board, list(pretend.store))
    front = {one["entry"]: (one["training_seconds"], one["on_front"]) for one in costs_json(found)["entries"]}
    assert front == {"good": (60.0, True), "twin": (5.0, True), "slow": (600.0, False), "poor": (5.0, False)}
    _, (headings, rows) = costs_rows(found)
    assert [row[headings.index("detector")] for row in rows] == ["twin", "poor", "good", "slow"]
    assert [row[-1] for row in rows] == ["front", "", "front", ""]


def test_the_pairs_and_the_front_are_drawn(board: Board, pretend: Any) -> None:
    runs = tuple(pretend.store)
    panel = draw(Request("pairwise", board, runs)).axes[0]
    assert [text.get_text().split()[0] for text in panel.get_yticklabels()] == ["good", "twin", "slow", "poor"]
    numbers = {text.get_position(): text.get_text() for text in panel.texts}
    assert sorted(numbers) == [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)]
    assert float(numbers[3, 0]) == pytest.approx(
        board.entries[0].standings["auc"].value - board.entries[3].standings["auc"].value, abs=6e-4
    )
    panel = draw(Request("pareto", board, runs)).axes[0]
    markers = [line for line in panel.lines if line.get_marker() not in ("None", "", None)]
    filled = [line.get_markerfacecolor() != "white" for line in markers]
    assert sorted(line.get_xdata()[0] for line, full in zip(markers, filled, strict=True) if full) == [5.0, 60.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--pairwise", "--cost"], "two views of a board"),
        (["--pairwise", "--format", "markdown"], "--pairwise prints --format table, json or csv"),
        (["--statistics", "--ranking", "all"], "--statistics shows one ranking"),
        (["--cost", "--compat", "arxiv-2105.14027"], "leave --compat out"),
    ],
)
def test_views_that_cannot_be_are_refused(
    board: Board, pretend: Any, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["leaderboard", *options, "--results", str(pretend.store.root)])
    assert left.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("view", "rows", "column"), [("statistics", 4, "statistic_low"), ("pairwise", 6, "p_holm"), ("cost", 4, "on_front")]
)
def test_views_are_printed_as_csv_with_the_numbers_of_their_json(
    view: str, rows: int, column: str, board: Board, pretend: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {}
    for style in ("csv", "json"):
        with pytest.raises(SystemExit):
            main(["leaderboard", f"--{view}", "--format", style, "--results", str(pretend.store.root)])
        found[style] = capsys.readouterr().out
    lines = list(csv.DictReader(found["csv"].splitlines()))
    described = json.loads(found["json"])
    records = described["pairs" if view == "pairwise" else "entries"]
    assert len(lines) == rows
    assert [line[column] for line in lines] == [str(one[column]) for one in records]


def test_a_view_is_written_to_a_file_and_shows_the_first_entries(
    board: Board, pretend: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for view, lines in (("statistics", 2), ("pairwise", 2), ("cost", 2)):
        path = tmp_path / f"{view}.txt"
        command = ["leaderboard", f"--{view}", "--top", "2", "--output", str(path)]
        with pytest.raises(SystemExit):
            main([*command, "--results", str(pretend.store.root)])
        assert capsys.readouterr().out == ""
        head, *rest = path.read_text().splitlines()[1:]
        assert head.split()[0] == "detector"
        shown = [line for line in rest if not line.startswith("note: ")]
        assert sorted(line.split()[0] for line in shown) == ["good", "twin"][:lines]
