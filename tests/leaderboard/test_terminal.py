from __future__ import annotations

import dataclasses
import math
import re
from typing import Any

import pytest

from adbench.cli.tables import rendered
from adbench.leaderboard.board import Board, build_board, rank_board
from adbench.leaderboard.export import as_markdown
from adbench.leaderboard.terminal import board_parts, comparison_parts
from adbench.leaderboard.wording import decimals, duration, gap_lines, seeds, title
from adbench.rankings.average_rank import AVERAGE_RANK
from adbench.rankings.mean import MEAN

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def board(pretend: Any) -> Board:
    for channel in ("1", "2a"):
        for seed in (0, 1):
            pretend.run("gcn_vae_householder", channel, seed, shifts=2.0 + 0.1 * seed, fit=61.0)
        pretend.run("met", channel, shifts=1.0, fit=0.001)
        pretend.run("quak", channel, shifts=0.5, supervision="semi-supervised")
    pretend.run("mine", "1", shifts=3.0, entry="[red]mine[/red]")
    pretend.run("mine", "2a", status="failed", reason="[bold]x", entry="[red]mine[/red]")
    return build_board(pretend.store)


def drawn(board: Board, width: int | None) -> list[str]:
    return ANSI.sub("", rendered(*board_parts(board, width), width=width)).splitlines()


def rows(lines: list[str]) -> dict[str, list[str]]:
    """Return the cells of each row of a drawn table by the name in it."""
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    return {row[1]: row for row in cells}


def test_the_published_procedure_promises_no_intervals(board: Board, pretend: Any) -> None:
    assert seeds(board) == "68 % intervals, mean of 1 to 2 seeds ± their spread"
    assert seeds(build_board(pretend.store, compat="arxiv-2105.14027")) == "mean of 1 to 2 seeds"


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_a_table_fits_its_terminal_and_keeps_what_matters(board: Board, width: int) -> None:
    lines = drawn(board, width)
    assert max(map(len, lines)) <= width
    table = rows(lines)
    assert list(table) == ["gcn_vae_householder", "met", "quak", "[red]mine[/red]"]
    assert [row[0] for row in table.values()] == ["1", "2", "3", "–"]
    entry = next(entry for entry in board.entries if entry.name == "met")
    auc = entry.standings["auc"]
    assert table["met"][2] == f"{auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}]"
    assert table["met"][3] == f"{entry.standings['eps_s@1e-2'].value:.3f}"
    assert "3/3" in table["met"]
    assert "2/3" in table["[red]mine[/red]"]
    text = " ".join(" ".join(lines).split())
    hidden = re.search(r"too narrow for (.*); --format csv has everything", text)
    shown = {"fit": "61 s" in table["gcn_vae_householder"], "class": "semi-supervised" in table["quak"]}
    for heading, is_shown in shown.items():
        assert is_shown != (hidden is not None and heading in hidden[1].split(", "))
    assert shown["fit"] == (width >= 120)


def test_a_pipe_gets_one_plain_line_per_entry(board: Board) -> None:
    text = rendered(*board_parts(board, None))
    assert not ANSI.search(text)
    assert not set("┃│━─┏┗") & set(text)
    lines = text.splitlines()
    assert lines[0].startswith(
        "toys · sample · channels 1, 2a · mean AUC · 3 channel-signal pairs  68 % intervals, mean of 1 to 2 seeds"
    )
    assert lines[1].split()[:3] == ["rank", "detector", "AUC"]
    assert [line.split()[1] for line in lines[2:6]] == ["gcn_vae_householder", "met", "quak", "[red]mine[/red]"]
    assert lines[2].split()[-2:] == ["61", "s"]
    assert lines[3].split()[-2:] == ["<0.1", "s"]
    assert "no scores: [red]mine[/red], channel 2a: failed: [bold]x" in lines
    assert any(line.startswith("note: eps_s@1e-4 is unmeasured in 2 of 2 channels") for line in lines)
    assert all(line == line.rstrip() for line in lines)


def test_what_many_entries_lack_is_said_in_one_line(pretend: Any) -> None:
    pretend.run("met", "2a")
    for name in ("a", "b", "c", "d", "e"):
        pretend.run(name, "1")
    board = build_board(pretend.store)
    assert "no scores: a, b, c and 2 more, channel 2a: not run" in rendered(*board_parts(board, None)).splitlines()
    assert sorted(gap_lines(board)) == ["a, b, c, d, e, channel 2a: not run", "met, channel 1: not run"]


def test_a_long_name_is_folded_and_whole(pretend: Any) -> None:
    name = "gcn_vae_householder[paper,beta=0.5,latent=15,learning_rate=0.001]"
    pretend.run("gcn_vae_householder", entry=name)
    lines = drawn(build_board(pretend.store), 80)
    assert max(map(len, lines)) <= 80
    assert "".join(line.split("│")[2].strip() for line in lines if line.startswith("│")) == name
    assert any("[" in line.split("│")[3] for line in lines if line.startswith("│"))


def test_the_title_stands_left_and_what_the_intervals_are_right(pretend: Any) -> None:
    for channel in ("1", "2a"):
        pretend.run("met", channel)
    lines = drawn(build_board(pretend.store, metrics=["eps_s@1e-2"]), 120)
    assert re.fullmatch(r"toys · sample · channels 1, 2a · mean ε_S at ε_B = 1e-2 · 3 channel-signal pairs", lines[0])
    assert lines[1] == "68 % intervals, 1 seed"


def test_an_unmeasured_figure_says_so_in_its_cells(board: Board, pretend: Any) -> None:
    lines = drawn(build_board(pretend.store, metrics=["eps_s@1e-4"]), 120)
    assert [row[2] for row in rows(lines).values()] == ["unmeasured"] * 4
    assert "0 of 3 channel-signal pairs" in lines[0]


def test_all_methods_side_by_side(board: Board) -> None:
    boards = [rank_board(board, method) for method in (MEAN, AVERAGE_RANK)]
    lines = rendered(*comparison_parts(boards)).splitlines()
    assert lines[0].startswith(
        "toys · sample · channels 1, 2a · rank (and figure) by each method, AUC · 3 channel-signal pairs"
    )
    assert lines[1].split() == ["detector", "mean", "AUC", "average", "rank"]
    mean = board.entries[0].standings["auc"].value
    assert lines[2].split() == ["gcn_vae_householder", "1", f"({mean:.3f})", "1", "(1)"]
    assert lines[5].split() == ["[red]mine[/red]"]


def test_methods_may_have_other_first_entries(pretend: Any) -> None:
    """By mean, a wins: far better on one signal; by average rank, b does: a little better on two."""
    pretend.run("a", "1", shifts={"glgl1400": 3.0, "stlp_st1000": 0.0})
    pretend.run("a", "2a", shifts=0.0)
    pretend.run("b", "1", shifts={"glgl1400": 0.0, "stlp_st1000": 0.3})
    pretend.run("b", "2a", shifts=0.3)
    board = build_board(pretend.store)
    boards = [dataclasses.replace(board, entries=board.entries[:1]), rank_board(board, AVERAGE_RANK)]
    assert [one.entries[0].name for one in boards] == ["a", "b"]
    assert re.split(r"\s{2,}", rendered(*comparison_parts(boards)).splitlines()[2])[::2] == ["a", "2 (1.67)"]


@pytest.mark.parametrize(
    ("ranking", "headings", "text"),
    [
        ("mean", ["AUC", "ε_S at ε_B = 1e-2", "max SI"], "mean AUC"),
        ("average_rank", ["average rank (AUC)", "average rank (ε_S at ε_B = 1e-2)", "average rank (max SI)"],
         "average rank (AUC)"),
        ("top5_scorer", ["top 5 in (AUC)", "top 5 in (ε_S at ε_B = 1e-2)", "top 5 in (max SI)"], "top5 scorer (AUC)"),
        ("ti_median", ["median TI"], "median TI"),
    ],
)  # fmt: skip
def test_headings_say_what_the_numbers_are(pretend: Any, ranking: str, headings: list[str], text: str) -> None:
    for channel in ("1", "2a"):
        pretend.run("met", channel, n_background=2000)
    board = build_board(pretend.store, ranking=ranking)
    lines = rendered(*board_parts(board)).splitlines()
    assert lines[0].startswith(f"toys · sample · channels 1, 2a · {text} · 3 channel-signal pairs")
    assert re.split(r"\s{2,}", lines[1])[2:-2] == headings
    assert as_markdown([board]).splitlines()[2] == (
        f"| rank | detector | {' | '.join(headings).replace('_', chr(92) + '_')} | coverage | fit |"
    )


def test_one_channel_counts_its_signals(pretend: Any) -> None:
    pretend.run("met", "1")
    pretend.run("met", "2a")
    assert title(build_board(pretend.store, channels=["1"])).endswith("mean AUC · 2 signals")
    assert title(build_board(pretend.store, channels=["2a"])).endswith("mean AUC · 1 signal")


@pytest.mark.parametrize(("edition", "place"), [("sample", ""), ("folder", " --data DIR")])
def test_many_notes_on_the_data_are_named_where_they_stand(pretend: Any, edition: str, place: str) -> None:
    pretend.run("met", edition=edition, data_notes=tuple("abcdef"))
    assert rendered(*board_parts(build_board(pretend.store))).splitlines()[-6:] == [f"note: {c}" for c in "abcdef"]
    pretend.run("met", edition=edition, data_notes=tuple("abcdefg"))
    last = rendered(*board_parts(build_board(pretend.store))).splitlines()[-1]
    assert last == f"note: 7 notes on these events: adbench datasets info toys{place}"


def test_ends_of_intervals_have_digits_beside_whole_numbers(pretend: Any) -> None:
    pretend.run("met", "2a", shifts=0.5)
    pretend.run("forest", "2a", shifts=0.52)
    line = rendered(*board_parts(build_board(pretend.store, ranking="average_rank"))).splitlines()[2]
    assert re.search(r"forest +1 \[1, 2\]|forest +1\.00 \[", line)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "<0.1 s"), (0.31, "0.3 s"), (9.96, "10 s"), (99.4, "99 s"), (100.0, "1.7 min"), (720, "12 min"),
     (11500, "3.2 h"), (360_000, "100 h"), (math.nan, "")],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_three_digits_of_the_largest_figure() -> None:
    columns = [
        ([0.912, 0.5], 3),
        ([0.0123], 4),
        ([12.3, 4.0], 1),
        ([2.0, 7.0], 0),
        ([math.nan], 2),
        ([123.4], 1),
        ([0.0], 0),
    ]
    assert [decimals(values) for values, _ in columns] == [places for _, places in columns]
