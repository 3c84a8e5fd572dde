"""The arrows between the rooms of the house; the contracts themselves stand in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "sklearn", "pandas", "matplotlib", "seaborn", "dask", "numba", "scipy")


def test_contracts_between_the_layers_hold(capsys):
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert broken == 0, capsys.readouterr().out


def test_the_harness_knows_no_plugin_by_name():
    graph = grimp.build_graph("adbench", include_external_packages=True, cache_dir=None)
    plugins = {module for module in graph.modules if module.startswith("adbench_")}
    assert {name: graph.find_modules_that_directly_import(name) for name in plugins} == {}


@pytest.mark.parametrize("command", [["--version"], ["--help"], ["list", "detectors"]])
def test_the_command_line_starts_without_heavy_imports(command):
    code = (
        "import sys, contextlib, io\n"
        "from adbench.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    try:\n"
        f"        main({command!r})\n"
        "    except SystemExit as leave:\n"
        "        ended = leave.code\n"
        f"print(ended, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 []", done.stderr
