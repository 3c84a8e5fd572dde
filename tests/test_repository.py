"""Files of the repository that must agree with each other and with the code."""

from __future__ import annotations

import re
import shlex
import tomllib
from importlib.metadata import requires
from pathlib import Path

import click
import pytest
import yaml

import adbench
from adbench.cli import cli

ROOT = Path(__file__).resolve().parents[1]
PROJECTS = [
    ROOT / "pyproject.toml",
    *sorted(ROOT.glob("plugins/*/pyproject.toml")),
    *sorted(ROOT.glob("datasets/*/*.toml")),
]


def normalised(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s;\[<>=!~]", requirement)[0]).lower()


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_one_version_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert project["version"] == adbench.__version__ == citation["version"]
    assert project["license"] == citation["license"]


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.parent.name)
def test_everything_a_distribution_asks_for_is_pinned(path):
    content = tomllib.loads(path.read_text())
    project = content["project"]
    wanted = [*content["build-system"]["requires"], *project["dependencies"]]
    wanted += [text for extra in project.get("optional-dependencies", {}).values() for text in extra]
    missing = {normalised(text) for text in wanted} - set(pins()) - {"adbench-lhc"}
    assert missing == set()


@pytest.mark.parametrize("name", ["numpy", "scikit-learn", "pytest", "torch"])
def test_pins_reach_what_is_pulled_in(name):
    """Dependencies of dependencies are pinned too, or a fresh environment would differ from ours."""
    always = [text for text in requires(name) or [] if ";" not in text]
    assert {normalised(text) for text in always} - set(pins()) <= {"setuptools"}


def test_pins_are_plain_versions():
    for name, version in pins().items():
        assert name == normalised(name)
        assert re.fullmatch(r"[0-9][0-9a-z.]*", version), f"{name}=={version}"
    assert pins()["torch"] == "2.13.0"


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *ROOT.glob("examples/**/*.py")], ids=lambda path: path.name)
def test_no_document_installs_the_other_project(path):
    assert not re.search(r"pip3? install [^\n]*\badbench\b(?![-/_])", path.read_text())


def commands_of_the_readme() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line.split("  #")[0].strip() for line in lines if line.startswith("adbench ")]


@pytest.mark.parametrize("command", commands_of_the_readme())
def test_commands_of_the_readme_are_understood(command):
    _, verb, *arguments = shlex.split(command)
    found = cli.get_command(click.Context(cli), verb)
    assert found is not None
    if isinstance(found, click.Group):
        verb, *arguments = arguments
        found = found.get_command(click.Context(found), verb)
    found.make_context(verb, arguments)


def test_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / target).exists(), target
