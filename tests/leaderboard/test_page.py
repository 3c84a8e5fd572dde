"""The page: its ranks are the board's, its bytes are the results', and no text of a third party becomes markup."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adbench.cli import main
from adbench.leaderboard.board import build_board
from adbench.leaderboard.page import embedded
from adbench.leaderboard.page_details import command
from adbench.runs.store import ResultsFolder

pytestmark = pytest.mark.usefixtures("toys")

HOSTILE = "</script><img src=x onerror=document.title='owned'>"


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture
def results(folder: Path) -> Path:
    """Three toy entries on two channels, one of them with a name that would run a script."""
    place = folder / "results"
    if not place.exists():
        detectors = ("-d", "toy_met", "-d", "toy_density", "-d", "toy_picky")
        assert call("run", "--dataset", "toys", *detectors, "--channel", "all", "--results", str(place)) == 0
        for path in place.rglob("record.json"):
            record = json.loads(path.read_text())
            if record["identity"]["detector"] == "toy_density":
                record["entry"] = HOSTILE
                path.write_text(json.dumps(record))
    return place


@pytest.fixture
def page(results: Path, folder: Path) -> Path:
    assert call("leaderboard", "--results", str(results), "--html", str(folder / "board")) == 0
    return folder / "board" / "index.html"


def data(page: Path) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_ranks_of_every_channel_are_those_of_the_terminal(page: Path, results: Path) -> None:
    (shown,) = data(page)["boards"]
    names = [entry["name"] for entry in shown["entries"]]
    for channel in ("all", "a", "b"):
        board = build_board(ResultsFolder(results), channels=() if channel == "all" else (channel,), metrics=["auc"])
        ranks = dict(zip(names, shown["standings"][channel]["auc"]["mean"]["rank"], strict=True))
        expected = {entry.name: entry.standings["auc"].rank for entry in board.entries}
        assert {name: ranks[name] for name in expected} == expected


def test_the_same_results_give_the_same_bytes(page: Path, results: Path, tmp_path: Path) -> None:
    assert call("leaderboard", "--results", str(results), "--html", str(tmp_path)) == 0
    assert (tmp_path / "index.html").read_bytes() == page.read_bytes()


def test_no_foreign_text_becomes_markup_and_nothing_is_fetched(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "<img" not in text
    assert "default-src 'none'" in text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    assert not re.search(r"@import|url\(", text)
    assert HOSTILE in [entry["name"] for entry in data(page)["boards"][0]["entries"]]


def test_embedded_json_closes_no_script() -> None:
    awkward = ["</script>", "<!--", "&amp;", "\u2028", 'a "quote"']
    assert not set("<>&\u2028") & set(embedded(awkward))
    assert json.loads(embedded(awkward)) == awkward


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ("", "--edition sample --split 80-10-10"),
        ("adbench run -d forest --seeds 0:2", "--edition sample --split 80-10-10"),
        ("adbench run -d forest --data='my events' --raw", "--data 'my events' --raw --split 80-10-10"),
        ("adbench submit --data e --split k-folds --folds 3 -d forest", "--data e --split k-folds --folds 3"),
        (
            "adbench run --skip-bad-lines --edition full -P d.py",
            "--edition full --skip-bad-lines --plugin-file d.py --split 80-10-10",
        ),
    ],
)
def test_the_command_asks_for_the_same_events(pretend: Any, asked: str, again: str) -> None:
    record = replace(pretend.run(params={}).record, environment={"command": asked})
    assert command([record]) == f"adbench run -d forest --dataset toys {again} -c 1"


def test_training_curves_are_those_of_the_runs(page: Path) -> None:
    details = [detail for board in data(page)["boards"] for detail in board["details"].values()]
    (met,) = [detail for detail in details if "-d toy_met" in detail["command"]]
    assert met["training"]["a"]["step"] == [1, 2, 3]
    assert met["training"]["a"]["figures"]["loss"] == [1.0, 0.5, 0.33333]


@pytest.mark.parametrize("asked", ["adbench study mine.yml --jobs 2", "adbench combine --name both --rule and a b"])
def test_a_study_and_a_combination_are_made_again_by_their_own_command(pretend: Any, asked: str) -> None:
    record = replace(pretend.run().record, environment={"command": asked})
    assert command([record]) == asked


def test_other_options_are_refused_beside_the_page(results: Path, tmp_path: Path) -> None:
    assert call("leaderboard", "--results", str(results), "--html", str(tmp_path), "--top", "3") == 2


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium: apt-get install chromium")
def test_chromium_draws_the_table_and_runs_no_foreign_script(page: Path, tmp_path: Path) -> None:
    command = ["chromium", "--headless", "--disable-gpu", "--dump-dom", f"--user-data-dir={tmp_path}"]
    command += ["--no-sandbox"] if os.geteuid() == 0 else []
    drawn = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=True).stdout
    body = drawn.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "toy_met" in body
    assert "&lt;img src=x" in body
    assert "<img" not in drawn
    assert "<title>adbench leaderboard</title>" in drawn
