from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from adbench.cli import main
from adbench.runs.key import RunIdentity
from adbench.runs.record import Record
from adbench.runs.scores import SampleScores, write_scores
from adbench.runs.store import ResultsFolder

pytestmark = pytest.mark.usefixtures("toys")
Captured = pytest.CaptureFixture[str]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def sample(first: int, n: int) -> SampleScores:
    return SampleScores(
        {"s": np.arange(first, first + n, dtype=np.float64)}, np.ones(n, np.float32), np.arange(n), np.arange(n)
    )


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two entries on two channels: 900 and 600 of 1,000 background events lie below every signal event."""
    store = ResultsFolder(tmp_path / "results")
    for detector, first in (("good", 900), ("poor", 600)):
        for channel in ("1", "2b"):
            identity = RunIdentity("toys", "tiny", "f", "own", channel, detector, 1, {}, 0)
            work = store.claim(identity).work
            samples = {"background": sample(0, 1000), "signal/x": sample(first, 1000)}
            sha = write_scores(work / "scores.npz", samples)
            record = Record(
                identity.key, identity, "ok", "", detector, scores=("s",), started="2024", scores_sha256=sha
            )
            store.publish(work, record)
    return store.root


def test_run_then_leaderboard(tmp_path: Path, capfd: Captured) -> None:
    store = str(tmp_path / "results")
    names = ["-d", "toy_met", "-d", "toy_prior", "-d", "toy_troubled"]
    assert call("run", "--dataset", "toys", "--results", store, "--channel", "a", "--quiet", *names) == 1
    capfd.readouterr()
    assert call("leaderboard", "--results", store) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0].startswith("toys · tiny · channel a · mean AUC · 3 signals")
    assert {line.split()[1]: line.split()[0] for line in lines[2:5]} == {
        "toy_met": "1",
        "toy_prior": "2",
        "toy_troubled": "–",
    }
    assert "no scores: toy_troubled, channel a: failed: ValueError: the loss is not finite in epoch 3" in lines
    assert "note: every entry is measured on one half of each signal: toy_prior learnt from the other half" in lines
    assert "note: a toy" in lines
    assert call("leaderboard", "--results", store, "--supervision", "unsupervised", "--all-scores") == 0
    out = capfd.readouterr().out
    assert "toy_met:noisy" in out
    assert "toy_prior" not in out


def test_options_of_the_data_choose_among_the_events(tmp_path: Path, capfd: Captured) -> None:
    """Runs on five folds and on none: the newest stand on the board, the others when their options are given."""
    store = ["--results", str(tmp_path / "results")]
    for options in (["--split", "k-folds", "--folds", "3"], []):
        assert call("run", "--dataset", "toys", *store, "-c", "b", "-d", "toy_met", "--quiet", *options) == 0
    capfd.readouterr()
    splits = []
    for options in (["--split", "k-folds"], ["--split", "k-folds", "--folds", "3"], ["--folds", "3"], []):
        assert call("leaderboard", *store, "--format", "json", *options) == 0
        splits.append(json.loads(capfd.readouterr().out)["split"])
    assert splits == ["k-folds(3)"] * 3 + ["own"]
    assert call("plot", "boxes", *store, "--split", "k-folds", "--out", str(tmp_path / "boxes.svg")) == 0
    capfd.readouterr()
    for command in (["leaderboard"], ["plot", "boxes"]):
        assert call(*command, *store, "--split", "k-folds", "--folds", "4") == 2
        message = (
            "error: no split among the results '4 folds of k-folds'. Did you mean k-folds(3)? All: k-folds(3), own"
        )
        assert capfd.readouterr().err.splitlines()[-1] == message
        assert call(*command, *store, "--raw") == 2
        assert "no edition among the results '*-raw'. All: tiny" in capfd.readouterr().err


def test_the_command_that_is_suggested_runs_on_the_events_that_were_asked_for(
    results: Path, tmp_path: Path, capfd: Captured
) -> None:
    data = str(tmp_path / "mine")
    asked = ["--dataset", "toys", "--data", data, "--split", "k-folds", "--folds", "4"]
    for command in (["leaderboard"], ["plot", "boxes"]):
        assert call(*command, "--results", str(results), *asked) == 3
        assert (
            capfd.readouterr()
            .err.strip()
            .endswith(
                "Run something first: adbench run --detector isolation_forest --channel all --dataset toys "
                f"--split k-folds --data {data} --folds 4"
            )
        )
    assert call("leaderboard", "--results", str(tmp_path / "none"), "--dataset", "toys", "--edition", "other") == 3
    assert capfd.readouterr().err.strip().endswith("--channel all --dataset toys --edition other")


def test_an_unknown_data_set_is_named_before_the_events_are_chosen(tmp_path: Path, capfd: Captured) -> None:
    store = ["--results", str(tmp_path / "results")]
    assert call("run", "--dataset", "toys", *store, "-c", "b", "-d", "toy_met", "--quiet") == 0
    assert call("leaderboard", *store, "--dataset", "tyos", "--raw") == 2
    assert "no data set among the results 'tyos'. Did you mean toys" in capfd.readouterr().err


def test_json_goes_to_standard_output_alone(results: Path, capsys: Captured) -> None:
    assert call("leaderboard", "--results", str(results), "--format", "json", "-m", "auc", "-c", "2b") == 0
    board = json.loads(capsys.readouterr().out)
    assert (board["schema"], board["channel"], board["metric"], board["ranking"]) == (1, "2b", "auc", "mean")
    assert [(entry["rank"], entry["entry"]) for entry in board["entries"]] == [(1, "good"), (2, "poor")]
    # signal event k of `good` has 900.5 + k of 1,000 background events below it, ties half; from k = 100 on, all
    assert board["entries"][0]["value"] == pytest.approx(np.mean(np.minimum(900.5 + np.arange(1000), 1000)) / 1000)


def test_csv_and_markdown(results: Path, capsys: Captured) -> None:
    assert call("leaderboard", "--results", str(results), "--format", "csv", "--top", "1") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["entry"] for row in rows} == {"good"}
    assert call("leaderboard", "--results", str(results), "--format", "markdown") == 0
    assert "| 1 | good | " in capsys.readouterr().out


def test_every_method_at_once(results: Path, capsys: Captured) -> None:
    assert call("leaderboard", "--results", str(results), "--ranking", "all") == 0
    lines = capsys.readouterr().out.splitlines()
    headings = ["detector", "mean AUC", "best in", "top 5 in", "average rank", "median AUC", "minimum AUC", "median TI"]
    assert re.split(r"\s{2,}", lines[1]) == headings
    good, poor = re.split(r"\s{2,}", lines[2]), re.split(r"\s{2,}", lines[3])
    assert [good[i] for i in (0, 2, 3, 4)] == ["good", "1 (2)", "1 (2)", "1 (1)"]
    assert [poor[i] for i in (0, 2, 3, 4)] == ["poor", "2 (0)", "1 (2)", "2 (2)"]
    assert call("leaderboard", "--results", str(results), "--ranking", "all", "--format", "json", "-m", "max_si") == 0
    boards = json.loads(capsys.readouterr().out)["boards"]
    assert [board["ranking"] for board in boards] == [
        "mean", "top_scorer", "top5_scorer", "average_rank", "median", "minimum", "ti_median", "ti_max", "ti_min",
    ]  # fmt: skip


def test_the_first_entries_stand_beside_each_other_by_every_method(results: Path, capsys: Captured) -> None:
    asked = ["leaderboard", "--results", str(results), "--ranking", "all", "--top", "1"]
    assert call(*asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:4]] == ["good", "note:"]
    assert "note: 1 more entry (--top 1)" in lines
    assert call(*asked, "--format", "markdown") == 0
    table = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert table[2].startswith("| good | 1 (")
    assert len(table) == 3
    assert call(*asked, "--format", "json") == 0
    assert {len(board["entries"]) for board in json.loads(capsys.readouterr().out)["boards"]} == {1}


def test_the_published_procedure(results: Path, capsys: Captured) -> None:
    asked = ["--compat", "arxiv-2105.14027", "--metric", "eps_s@1e-4", "--ranking", "average_rank"]
    assert call("leaderboard", "--results", str(results), "--format", "json", *asked) == 0
    board = json.loads(capsys.readouterr().out)
    assert [(entry["entry"], entry["value"]) for entry in board["entries"]] == [("good", 0.0), ("poor", 1.0)]
    assert board["notes"][0].startswith("ranked by the published procedure of arXiv:2105.14027")


def test_a_board_goes_into_a_file(results: Path, tmp_path: Path, capsys: Captured) -> None:
    assert call("leaderboard", "--results", str(results)) == 0
    printed = capsys.readouterr().out
    assert call("leaderboard", "--results", str(results), "--output", str(tmp_path / "board.txt")) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert (tmp_path / "board.txt").read_text(encoding="utf-8") == printed
    assert call("leaderboard", "--results", str(results), "--output", str(tmp_path / "no" / "board.txt")) == 3
    assert "cannot be written: No such file or directory. Choose another file with --output" in capsys.readouterr().err


def test_figures_are_drawn_beside_the_board(results: Path, tmp_path: Path, capsys: Captured) -> None:
    assert call("leaderboard", "--results", str(results), "-c", "1", "--figures", str(tmp_path / "figures")) == 0
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        "boxes.svg",
        "boxes.png",
        "roc_1.svg",
        "roc_1.png",
    }
    assert f"figure {tmp_path / 'figures' / 'boxes.svg'}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        (["--metric", "ausc"], 2, "error: no metric 'ausc'. Did you mean auc? All: adbench list metrics"),
        (["--metric", "eps_s"], 2, "error: metric 'eps_s' needs a background efficiency, such as eps_s@1e-2"),
        (
            ["--ranking", "medain"],
            2,
            "error: no ranking 'medain'. Did you mean median or mean or ti_median? All: adbench list rankings",
        ),
        (["--channel", "2a"], 2, "error: no channel among the results '2a'. Did you mean 2b? All: 1, 2b"),
        (["--dataset", "toy"], 2, "error: no data set among the results 'toy'. Did you mean toys? All: toys"),
        (["--compat", "2105.14027"], 2, "error: no published procedure '2105.14027'. Did you mean arxiv-2105.14027?"),
        (["--max-events", "7"], 2, "error: no limit on events among the results '7'. All: none"),
        (["--results", "nowhere"], 3, "error: no results in nowhere. Run something first: adbench run --detector"),
    ],
)
def test_mistakes_end_with_one_line(results: Path, capsys: Captured, asked: list[str], code: int, message: str) -> None:
    assert call("leaderboard", "--results", str(results), *asked) == code
    captured = capsys.readouterr()
    assert captured.err.startswith(message)
    assert captured.err.count("\n") == 1
    assert captured.out == ""
