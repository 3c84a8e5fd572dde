"""Pages of the documentation: commands that are understood, links that lead somewhere, code that runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from adbench.cli import cli

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


COMMANDS = [
    (page.name, line.split("  #")[0].strip())
    for page in PAGES
    for block in blocks(page, "sh")
    for line in block.splitlines()
    if line.startswith("adbench ")
]


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_every_command_is_understood(page: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("here/results", "there/results"):  # that the pages speak of
        (tmp_path / folder).mkdir(parents=True)
    _, verb, *arguments = shlex.split(command)
    found = cli.get_command(click.Context(cli), verb)
    assert found is not None
    if isinstance(found, click.Group):
        verb, *arguments = arguments
        found = found.get_command(click.Context(found), verb)
        assert found is not None
    plugin_file = [i for i, text in enumerate(arguments) if text in ("-P", "--file")]
    for place in reversed(plugin_file):  # the file of the page is tried in its own test
        del arguments[place : place + 2]
    if verb != "check" or arguments:
        found.make_context(verb, arguments)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_every_page_is_in_the_site() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    listed = [page for section in nav for pages in section.values() for page in pages]
    assert sorted(listed) == [page.name for page in PAGES]


def python(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_ten_lines_of_the_python_page_run(tmp_path: Path) -> None:
    first, second = blocks(ROOT / "docs/python-api.md", "python")
    out = python(first, tmp_path)
    assert re.search(r"1 +(met|pca)", out), out
    assert (tmp_path / "boxes.svg").exists()
    assert "met 2b" in python(second, tmp_path)


def test_the_detector_of_the_page_is_a_whole_detector(tmp_path: Path) -> None:
    (tmp_path / "hardest_jet.py").write_text(blocks(ROOT / "docs/add-a-detector.md", "python")[0])
    command = [sys.executable, "-m", "adbench", "check", "--file", "hardest_jet.py"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ADBENCH_PLUGIN")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hardest_jet: 17 passed, 0 failed" in done.stdout


def test_the_metric_the_ranking_and_the_executor_of_the_page_work(tmp_path: Path) -> None:
    page = ROOT / "docs/add-a-metric.md"
    (tmp_path / "my_extras.py").write_text("\n".join(blocks(page, "python")))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ADBENCH_PLUGIN")}
    environment |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "COLUMNS": "150"}
    out = []
    for command in blocks(page, "sh")[0].splitlines():
        done = subprocess.run(
            [sys.executable, "-m", *shlex.split(command)],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        out.append(done.stdout + done.stderr)
    assert "4 ok" in out[0]
    assert "worst channel ε_B at ε_S = 1/2 · 17 channel-signal pairs" in out[1]
    shown = [float(value) for value in re.findall(r"^ +[12] +(?:met|pca) +([0-9.]+) \[", out[1], re.MULTILINE)]
    assert len(shown) == 2, out[1]
    assert 0.0 < shown[0] <= shown[1] < 1.0
    assert (tmp_path / "figures/boxes.svg").exists()
