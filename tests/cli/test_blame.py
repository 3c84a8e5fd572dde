"""An unexpected error is the bug of the plugin whose code had part in it, with file and line; otherwise of adbench."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adbench.cli import main
from adbench.runs.store import ResultsFolder

pytestmark = pytest.mark.usefixtures("toys")
Captured = pytest.CaptureFixture[str]

SOURCE = """\
import json
from adbench.api import ExecutorSpec, Metric, MetricSpec, Ranking, RankingSpec, hookimpl
class Odd(Metric):
    name = label = "odd"
    def __call__(self, background, signal):
        return json.loads("{")
class Order(Ranking):
    name = label = "order"
    def statistic(self, table):
        return 1 / 0
class Nobody(Order):
    name = label = "nobody"
    def statistic(self, table):
        return [float("nan")] * len(table.entries)
ODD, ORDER, NOBODY = Odd(), Order(), Nobody()
def launcher(options):
    raise KeyError("queue")
@hookimpl
def adbench_metrics():
    return [MetricSpec(name="odd", target="odd_plugin:ODD")]
@hookimpl
def adbench_rankings():
    return [RankingSpec(name=name, target=f"odd_plugin:{name.upper()}") for name in ("order", "nobody")]
@hookimpl
def adbench_executors():
    return [ExecutorSpec(name="queue", target="odd_plugin:launcher")]
"""


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture
def results(tmp_path: Path) -> str:
    folder = str(tmp_path / "results")
    assert call("run", "--dataset", "toys", "-d", "toy_met", "--channel", "b", "--results", folder) == 0
    return folder


@pytest.fixture
def place(install: Callable[..., None], tmp_path: Path) -> str:
    install("odd-plugin", "odd", "odd_plugin", SOURCE)
    return f"a bug of plugin odd-plugin 1.0, {tmp_path / 'site' / 'odd_plugin.py'}"


def test_a_metric_or_a_ranking_that_raises_is_named_with_its_line(results: str, place: str, capsys: Captured) -> None:
    for options, said in (
        (("-m", "odd"), f"({place}:6; --debug shows where)"),  # not the line of the library that it called
        (("-r", "order"), f"error: ZeroDivisionError: division by zero ({place}:10; --debug shows where)"),
    ):
        capsys.readouterr()
        assert call("leaderboard", "--results", results, *options) == 1
        assert said in capsys.readouterr().err


def test_an_executor_that_raises_is_named_with_its_line(tmp_path: Path, place: str, capsys: Captured) -> None:
    command = ("run", "--dataset", "toys", "-d", "toy_met", "--channel", "b", "--results", str(tmp_path / "new"))
    assert call(*command, "--executor", "queue") == 1
    assert f"error: KeyError: 'queue' ({place}:17; --debug shows where)" in capsys.readouterr().err


def test_among_all_rankings_one_that_raises_is_left_out(results: str, place: str, capsys: Captured) -> None:
    assert call("leaderboard", "--results", results, "--ranking", "all") == 0
    said = capsys.readouterr()
    assert "average" in said.out
    where = place.removeprefix("a bug of ")
    assert f"warning: ranking 'order' left out: ZeroDivisionError: division by zero ({where}:10)" in said.err
    assert "warning: ranking 'nobody' left out: PluginError: ranking 'nobody' gave NaN for 1 entries" in said.err


@pytest.mark.usefixtures("place")
def test_an_error_without_a_plugin_is_ours(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResultsFolder, "record_files", lambda self: 1 / 0)
    assert call("results", "verify", str(tmp_path)) == 1
    assert (
        "error: ZeroDivisionError: division by zero (a bug of adbench; --debug shows where)" in capsys.readouterr().err
    )
