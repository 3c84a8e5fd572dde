from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adbench.leaderboard.board import Board, build_board, rank_board
from adbench.leaderboard.export import CSV_COLUMNS, as_csv, as_json, as_markdown
from adbench.rankings.median import MEDIAN

GOLDEN = Path(__file__).parent / "golden_board.json"
HOSTILE = 'evil|"<b>,\n*[x](y)`'


def no_constant(name: str) -> None:
    raise AssertionError(name)


def parsed(text: str) -> Any:
    return json.loads(text, parse_constant=no_constant)


@pytest.fixture
def board(pretend: Any) -> Board:
    """Scores are whole numbers: 2,000 background events at 0 to 1,999, signals of 200 events on a ladder above them.

    met: signal from 1,000 in steps of 5, so half of the signal's background is below it plus half of the rest.
    """
    background = np.arange(2000)
    for name, seeds, start in (("met", (0,), 1000), ("vae[beta=0.5]", (0, 1), 1500)):
        for channel, signal in (("1", "glgl1400"), ("2a", "chacha_300")):
            for seed in seeds:
                ladder = start + 100 * seed + 5 * np.arange(200) + 0.5
                samples = {
                    "background": pretend.sample_of(score=background),
                    f"signal/{signal}": pretend.sample_of(score=ladder),
                }
                detector = name.partition("[")[0]
                params = {"beta": 0.5} if detector == "vae" else {}
                pretend.run(detector, channel, seed, samples=samples, params=params, entry=name, fit=float(1 + seed))
    pretend.run(
        "forest",
        "1",
        samples={
            "background": pretend.sample_of(score=background),
            "signal/glgl1400": pretend.sample_of(score=background),
        },
    )
    pretend.run("forest", "2a", status="out_of_memory", reason="needed 9 GB")
    return build_board(pretend.store)


def test_json_is_the_documented_golden_text(board: Board) -> None:
    assert as_json([board]) == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_text_holds_what_can_be_worked_out_by_hand(board: Board) -> None:
    text = parsed(GOLDEN.read_text(encoding="utf-8"))
    assert list(text) == [
        "schema",
        "dataset",
        "edition",
        "split",
        "channel",
        "metric",
        "ranking",
        "notes",
        "entries",
        "beside",
    ]
    assert text["schema"] == 1
    vae, met, forest = text["entries"]
    keys = [
        "rank",
        "entry",
        "detector",
        "source",
        "supervision",
        "rank_in_class",
        "value",
        "coverage",
        "family",
        "citation",
        "flags",
        "cells",
    ]
    assert list(vae) == list(met) == list(forest) == keys
    assert [entry["rank"] for entry in (vae, met, forest)] == [1, 2, None]
    # met: signal event k at 1000.5 + 5k has 1001 + 5k of 2000 background events below it, and never more than 2000
    auc = np.mean(np.minimum(1001 + 5 * np.arange(200), 2000)) / 2000
    assert met["value"] == met["cells"]["1/glgl1400"]["auc"]["value"] == pytest.approx(auc, abs=1e-12)
    # at eps_B = 1e-2 the last 20 background events pass, 1980 to 1999: signal above 1980 is k >= 196
    assert met["cells"]["1/glgl1400"]["eps_s@1e-2"]["value"] == pytest.approx(4 / 200, abs=1e-12)
    assert vae["cells"]["2a/chacha_300"]["eps_s@1e-2"]["value"] == pytest.approx((104 / 200 + 124 / 200) / 2, abs=1e-12)
    assert vae["cells"]["2a/chacha_300"]["eps_s@1e-2"]["note"] == "mean of 2 seeds, standard deviation 0.071"
    assert forest["cells"]["1/glgl1400"]["auc"]["value"] == pytest.approx(0.5, abs=1e-12)
    assert (forest["value"], forest["coverage"]) == (None, 0.5)
    empty = {"value": None, "low": None, "high": None, "note": "out of memory: needed 9 GB"}
    assert forest["cells"]["2a/chacha_300"] == dict.fromkeys(vae["cells"]["1/glgl1400"], empty)
    assert vae["cells"]["1/glgl1400"]["eps_s@1e-4"]["note"].startswith("unmeasured: 0.2 background events expected")
    assert text["notes"][-1] == "no scores: forest, channel 2a: out of memory: needed 9 GB"


def test_several_rankings_are_several_boards(board: Board) -> None:
    both = parsed(as_json([board, rank_board(board, MEDIAN)]))
    assert list(both) == ["schema", "boards"]
    assert [one["ranking"] for one in both["boards"]] == ["mean", "median"]
    assert both["boards"][0] == parsed(as_json([board]))


def test_csv_holds_the_same_numbers_as_json(board: Board) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([board]))))
    assert tuple(rows[0]) == CSV_COLUMNS
    text = parsed(as_json([board]))
    found: dict[str, Any] = {}
    for row in rows:
        entry = found.setdefault(row["entry"], {"rank": row["rank"], "value": row["value"], "cells": {}})
        cell = {"value": row["cell"], "low": row["low"], "high": row["high"], "note": row["note"]}
        entry["cells"].setdefault(f"{row['channel']}/{row['signal']}", {})[row["metric"]] = cell
    assert list(found) == [entry["entry"] for entry in text["entries"]]
    for entry in text["entries"]:
        read = found[entry["entry"]]
        assert (read["rank"], read["value"]) == (_written(entry["rank"]), _written(entry["value"]))
        expected = {
            column: {metric: {key: _written(value) for key, value in cell.items()} for metric, cell in figures.items()}
            for column, figures in entry["cells"].items()
        }
        assert read["cells"] == expected


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def test_several_rankings_are_one_markdown_table_with_the_notes_once(board: Board) -> None:
    lines = as_markdown([board, rank_board(board, MEDIAN)]).split("\n")
    assert (
        lines[0]
        == "**toys · sample · channels 1, 2a · rank (and figure) by each method, AUC · 2 channel-signal pairs**"
    )
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert cells[0] == ["detector", "mean AUC", "median AUC"]
    met = next(entry for entry in board.entries if entry.name == "met").standings["auc"].value
    assert cells[3] == ["met", f"2 ({met:.3f})", f"2 ({met:.3f})"]
    assert cells[4] == ["forest", "", ""]
    assert lines.count("- no scores: forest, channel 2a: out of memory: needed 9 GB") == 1


def test_names_of_third_parties_survive_csv_and_break_no_markdown_table(pretend: Any) -> None:
    pretend.run("evil", "2a", entry=HOSTILE, shifts=1.0)
    pretend.run("met", "2a", shifts=2.0, notes=(HOSTILE,))
    board = build_board(pretend.store)
    rows = list(csv.DictReader(io.StringIO(as_csv([board]))))
    assert {row["entry"] for row in rows} == {HOSTILE, "met"}
    assert parsed(as_json([board]))["entries"][1]["entry"] == HOSTILE
    lines = as_markdown([board]).split("\n")
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 4
    assert {line.replace("\\|", "").count("|") for line in table} == {table[0].count("|")}
    assert "<b>" not in as_markdown([board]).replace("\\<", "")


def test_markdown_shows_rank_name_and_figure(board: Board) -> None:
    lines = as_markdown([board]).split("\n")
    assert lines[0].startswith("**toys · sample · channels 1, 2a · mean AUC · 2 channel-signal pairs** (68 % intervals")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert cells[0] == ["rank", "detector", "AUC", "ε\\_S at ε\\_B = 1e-2", "max SI", "coverage", "fit"]
    assert [row[:2] for row in cells[2:]] == [["1", "vae\\[beta=0.5\\]"], ["2", "met"], ["–", "forest"]]
    value = float(cells[3][2].split()[0])
    assert value == pytest.approx(parsed(as_json([board]))["entries"][1]["value"], abs=5e-4)
    assert [row[-2] for row in cells[2:]] == ["2/2", "2/2", "1/2"]
