"""`info` and `completion`: what a bug report and a shell need."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from adbench import __version__
from adbench.cli import cli


def completions(arguments: list[str], incomplete: str) -> list[str]:
    return [item.value for item in ShellComplete(cli, {}, "adbench", "_X").get_completions(arguments, incomplete)]


def test_info_names_versions_plugins_and_nothing_personal() -> None:
    done = CliRunner().invoke(cli, ["info", "--json"])
    told = json.loads(done.stdout)
    assert told["adbench"] == __version__
    assert told["devices"][0] == "cpu"
    assert "adbench-lhc" in told["plugins"]
    assert str(Path.home()) not in done.stdout or str(Path.home()) == "/"
    text = CliRunner().invoke(cli, ["info"]).output
    assert all(line.partition(" ")[0] for line in text.splitlines())
    assert "packages" in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_line_of_a_shell(shell: str) -> None:
    assert f"_ADBENCH_COMPLETE={shell}_source" in CliRunner().invoke(cli, ["completion", shell]).output


def test_a_shell_completes_verbs_and_names() -> None:
    assert "leaderboard" in completions([], "lea")
    assert "met" in completions(["run", "-d"], "me")
    assert completions(["run", "-d"], "met,isolation_f") == ["met,isolation_forest"]
    assert "darkmachines" in completions(["run", "--dataset"], "dark")
    assert completions(["run", "-c"], "2") == ["2a", "2b"]
    assert "isolation_forest" in completions(["check"], "isol")
    assert completions(["run", "--dataset", "no_such_data", "-c"], "") == []
