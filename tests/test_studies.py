"""The studies in the repository name what there is."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from adbench.cli import main

STUDIES = sorted((Path(__file__).parents[1] / "studies").glob("*.yaml"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_run_of_a_study_can_be_planned(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["study", str(path), "--dry-run", "--results", str(tmp_path)])
    assert not left.value.code, capsys.readouterr().err
    out = capsys.readouterr().out
    assert "skipped" not in out
    assert "not_installed" not in out


@pytest.mark.usefixtures("toys")
def test_the_table_of_baselines_shows_every_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = str(tmp_path / "results")
    with pytest.raises(SystemExit) as left:
        main(["run", "--dataset", "toys", "-d", "toy_met", "--channel", "all", "--jobs", "1", "--results", results])
    assert not left.value.code
    capsys.readouterr()
    runpy.run_path(str(STUDIES[0].parent / "baselines_table.py"))["main"](tmp_path / "results", "auc")
    head, _, row = capsys.readouterr().out.splitlines()
    assert head == "| detector | class | channel a | channel b | time (s) |"
    assert re.fullmatch(r"\| `toy_met` \| unsupervised( \| [01]\.\d{3} \[[\d.]+, [\d.]+\]){2} \| \d+\.\d \|", row), row
