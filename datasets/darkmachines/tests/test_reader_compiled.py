"""Machine code is kept between processes, also where the installation and the home folder are read-only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
from adbench_darkmachines.reader.compiled import compiled

@compiled
def double(x):
    return 2 * x
"""
PROGRAM = "from module import double; print(double(21), sum(double.stats.cache_hits.values()))"


@pytest.fixture
def read_only(tmp_path: Path) -> Path:
    """A module whose folder takes no cache: a file stands where the folder should be (root may write anywhere)."""
    (tmp_path / "module.py").write_text(MODULE)
    (tmp_path / "__pycache__").write_text("")
    return tmp_path


def run(folder: Path, cache: Path) -> str:
    nowhere = str(folder / "module.py" / "home")
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "HOME": nowhere,
        "XDG_CACHE_HOME": nowhere,
        "ADBENCH_CACHE_DIR": str(cache),
    }
    environment.pop("NUMBA_CACHE_DIR", None)
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_own_cache_folder_is_used(read_only: Path) -> None:
    assert run(read_only, read_only / "cache") == "42 0"
    assert run(read_only, read_only / "cache") == "42 1"


def test_it_works_without_any_cache(read_only: Path) -> None:
    assert run(read_only, read_only / "module.py" / "cache") == "42 0"
