"""What `adbench new` writes works as it is: it installs, passes its own tests and the checks, runs, and is ranked."""

from __future__ import annotations

import os
import site
import subprocess
import tomllib
import venv
from pathlib import Path

import pytest
from click.testing import CliRunner

from adbench.api import UsageError
from adbench.cli import cli
from adbench.scaffold.writing import KINDS, write_plugin


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_distribution_with_one_hook(kind: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["new", kind, "some_idea", "--into", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "pip install --no-deps -e" in done.output
    files = {path.relative_to(tmp_path / "some_idea").as_posix() for path in (tmp_path / "some_idea").rglob("*.*")}
    assert {"README.md", "pyproject.toml", "src/adbench_some_idea/plugin.py", "tests/test_some_idea.py"} <= files
    project = tomllib.loads((tmp_path / "some_idea/pyproject.toml").read_text())["project"]
    assert project["entry-points"]["adbench"] == {"some_idea": "adbench_some_idea.plugin"}
    for path in (tmp_path / "some_idea").rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
        assert "{{" not in path.read_text()


@pytest.mark.parametrize("name", ["My-Idea", "1st", "class", "a__b", "", "x" * 51, "../evil", "json"])
def test_a_name_that_no_module_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no name of a plugin|module of Python"):
        write_plugin("detector", name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_and_known_names_are_taken(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        write_plugin("detector", "mine", tmp_path)
    taken = CliRunner().invoke(cli, ["new", "metric", "auc", "--into", str(tmp_path)])
    assert isinstance(taken.exception, UsageError)
    assert "there is a metric 'auc' already" in str(taken.exception)


def test_all_three_install_pass_run_and_appear_in_a_fresh_environment(tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True, symlinks=True)
    python = environment / "bin/python"
    paths = subprocess.check_output([python, "-c", "import site; print(site.getsitepackages()[0])"], text=True).strip()
    here = [*site.getsitepackages(), str(Path(__file__).parents[2])]
    Path(paths, "shared.pth").write_text("\n".join(f"import site; site.addsitedir({path!r})" for path in here))
    constraints = Path(__file__).parents[2] / "constraints.txt"

    def call(*command: str | Path, code: int = 0) -> str:
        variables = {**os.environ, "PIP_CONSTRAINT": str(constraints), "OMP_NUM_THREADS": "1", "COLUMNS": "200"}
        done = subprocess.run(
            [str(part) for part in command], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    for kind in KINDS:
        call(python, "-m", "adbench", "new", kind, f"fresh_{kind}")
    folders = [f"./fresh_{kind}" for kind in KINDS]
    call(python, "-m", "pip", "install", "-q", "--no-deps", *(part for folder in folders for part in ("-e", folder)))
    for folder in folders:
        assert "passed" in call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder)
    assert "0 failed" in call(python, "-m", "adbench", "check", "fresh_detector")
    run = ["run", "--dataset", "fresh_dataset", "-d", "fresh_detector", "-d", "met"]
    assert "2 ok" in call(python, "-m", "adbench", *run)
    board = call(python, "-m", "adbench", "leaderboard", "--metric", "fresh_metric")
    assert "fresh_detector" in board
    assert "fresh_metric" in board
