"""From the published files to the board, by the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from adbench.api import DataError, MissingError, UnknownNameError
from adbench.cli import main
from adbench.leaderboard.beside import published_board, why_not_together
from adbench.leaderboard.board import build_board, rank_board
from adbench.published.library import Library
from adbench.published.source import source
from adbench.published.tables import paper_table, paper_tables
from adbench.rankings.compat import COMPAT, published_length
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder
from adbench.testing import reference_data

NAME = "darkmachines-2021"
METHODS = {"mean_score": "mean", "median_score": "median", "min_score": "minimum"}


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imported") / "results"
    files = reference_data("darkmachines_published")
    assert call("results", "import", NAME, "--from", str(files), "--results", str(folder)) == 0
    return folder


def test_the_golden_lists_come_out_of_the_board(results: Path) -> None:
    golden = json.loads(reference_data("darkmachines_published", "golden_rankings.json").read_text())["rankings"]
    compared = 0
    for channel, by_figure in golden.items():
        subset = None if channel == "all" else channel
        for figure, lists in by_figure.items():
            metric = figure.replace("eps_s_", "eps_s@")
            board = build_board(
                ResultsFolder(results), published="only", compat=COMPAT, metrics=[metric], channels=[subset]
                if subset else [],
            )  # fmt: skip
            for method, expected in lists.items():
                ranking = catalogue().ranking(METHODS.get(method, method))
                length = published_length(ranking.name, metric, subset)
                ranked = rank_board(board, ranking).entries[:length]
                assert [entry.name for entry in ranked] == [place["model"] for place in expected["selected"]]
                compared += 1
    assert compared >= 24


def test_total_improvements_come_out_of_the_board_in_order(results: Path) -> None:
    path = reference_data("darkmachines_published", "DarkMachinesUnsupervisedChallenge_TotalImprovements.csv")
    with path.open(newline="") as file:
        golden = [line["Model"] for line in csv.DictReader(file)]
    board = build_board(ResultsFolder(results), published="only", compat=COMPAT, ranking="ti_median")
    assert [entry.name for entry in board.entries[: len(golden)]] == golden
    printed = paper_table("challenge-ti")
    values = {entry.name: entry.standings["max_si"].value for entry in board.entries}
    assert len(printed.rows) == 27
    for model, _, median, _ in printed.rows:
        assert values[model] == pytest.approx(float(median), abs=0.005 + 1e-9)


def test_oddities_are_flagged_and_stay(results: Path) -> None:
    board = build_board(ResultsFolder(results), published="only")
    entries = {entry.name: entry for entry in board.entries}
    assert len(entries) == 1048
    assert "eps_s@1e-4 equals eps_s@1e-3" in entries["Flow-Efficient_Likelihood"].flags[0]
    assert "9 signals of channel 2b" in entries["Combined-PROD-DeepSVDD-Flow"].flags[0]
    assert "channels 2a, 2b are identical with those of VAE_IAF" in entries["VAE_TriangularSNF"].flags[0]
    assert sum(entry.flags[:1] != () and "impossible" in " ".join(entry.flags) for entry in board.entries) == 29
    assert board.rank(entries["DeepSVDD_C4_d34"]) == board.rank(entries["DeepSVDD_C0_d34"])
    assert board.rank(entries["DeepSVDD_C0_d377"]) is None
    assert entries["Flow-Efficient_Likelihood"].cells["2a", "pp23mt_50"]["eps_s@1e-3"].measured is False
    assert np.isnan(entries["SimpleAE"].cells["1", "stlp_st1000"]["auc"].low)


def test_official_counts_decide_whether_results_are_ranked_together() -> None:
    of = source(NAME)

    class Run:
        def __init__(self, samples: dict[str, int], channel: str = "1") -> None:
            identity = type("Identity", (), {"channel": channel, "dataset": "darkmachines", "edition": "folder"})
            self.record = type("Record", (), {"status": "ok", "samples": samples, "identity": identity})

    official = {f"signal/{signal}": events for signal, events in of.signal_events["1"].items()}
    assert why_not_together(of, [Run(official)], halves=False) == ""  # type: ignore[list-item]
    assert "halves" in why_not_together(of, [Run(official)], halves=True)  # type: ignore[list-item]
    cut = {**official, "signal/stlp_st1000": 5000}
    assert "8,889 there and 5,000" in why_not_together(of, [Run(cut)], halves=False)  # type: ignore[list-item]
    assert "no signal bump" in why_not_together(of, [Run({"signal/bump": 1})], halves=False)  # type: ignore[list-item]


def test_a_damaged_import_is_named_with_its_cure(results: Path, tmp_path: Path) -> None:
    content = (results / "published" / f"{NAME}.npz").read_bytes()
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / f"{NAME}.npz").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=f"import it again: adbench results import {NAME}"):
        Library(tmp_path).read(NAME)
    with pytest.raises(MissingError, match="adbench results import"):
        Library(tmp_path / "nothing").read(NAME)


def test_without_runs_the_published_results_stand_alone(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("leaderboard", "--top", "1", "--results", str(results)) == 0
    assert "all channels · mean AUC · 34 channel-signal pairs" in capsys.readouterr().out
    for ours in (["--published", "none"], ["--dataset", "jets"], ["--supervision", "unsupervised"]):
        assert call("leaderboard", "--results", str(results), *ours) == 3
        assert "Run something first" in capsys.readouterr().err


def test_a_figure_that_was_not_published_is_not_replaced_by_another(results: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no published figure 'eps_s@5e-2'.*max_si"):
        build_board(ResultsFolder(results), published="only", metrics=["eps_s@0.05"])
    board = build_board(ResultsFolder(results), published="only", metrics=["eps_s@0.01"])
    assert board.metric.name == "eps_s@1e-2"
    theirs = published_board(
        Library(results).read(NAME),
        [catalogue().metric(name) for name in ("eps_s@0.05", "auc")],
        board.ranking,
        board.columns,
        "",
    )
    assert theirs.notes[0] == "eps_s@5e-2 was not published: ranked by auc"


def test_changed_files_are_said(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for path in reference_data("darkmachines_published").glob("*.csv"):
        (files / path.name).write_bytes(path.read_bytes())
    (files / "AE.csv").write_text((files / "AE.csv").read_text().replace("0.872", "0.999"))
    assert call("results", "import", NAME, "--from", str(files), "--results", str(tmp_path / "r")) == 0
    assert "warning: not the content of commit 8c60969c" in capsys.readouterr().err
    assert Library(tmp_path / "r").headers()[0].commit == ""
    assert "was imported from files" not in " ".join(build_board(ResultsFolder(results), published="only").notes)
    assert call("leaderboard", "--top", "1", "--results", str(tmp_path / "r")) == 0
    assert f"warning: {NAME} was imported from files that are not those of commit" in capsys.readouterr().out
    assert call("results", "remove", NAME, "--results", str(tmp_path / "r"), "--yes") == 0
    assert Library(tmp_path / "r").names() == []


def test_tables_of_papers() -> None:
    for table in paper_tables().values():
        assert table.source.startswith("arXiv:")
        assert all(len(row) == len(table.columns) for row in table.rows)
    with pytest.raises(UnknownNameError, match="Did you mean jawahar-s1"):
        paper_table("jawahar-1")


def test_the_table_of_the_secret_data_is_that_of_its_file() -> None:
    path = reference_data("darkmachines_published", "Metric_Scores.csv")
    given = sorted(
        (f"{float(row['MinSigI']):.3f}", f"{float(row['MedianSigI']):.2f}", f"{float(row['MaxSigI']):.2f}")
        for row in csv.DictReader(path.read_text().splitlines())
    )
    assert sorted(row[1:] for row in paper_table("challenge-secret").rows) == given  # names differ, the numbers do not
